package main

import (
	"bufio"
	"strings"
)

// A cell is text that takes width columns of a terminal; colours take none.
type cell struct {
	text  string
	width int
}

const gap = 2 // columns between two cells

// writeColumns writes cells in as many columns as fit in width, down or across.
func writeColumns(out *bufio.Writer, cells []cell, width int, across bool) {
	if len(cells) == 0 {
		return
	}
	g := fit(cells, width, across)
	for row := range g.rows {
		for column := range g.columns {
			i := g.index(row, column)
			if i >= len(cells) {
				break
			}
			out.WriteString(cells[i].text)
			if next := g.index(row, column+1); column+1 < g.columns && next < len(cells) {
				out.WriteString(strings.Repeat(" ", g.widths[column]+gap-cells[i].width))
			}
		}
		out.WriteByte('\n')
	}
}

// A grid says which cell goes where.
type grid struct {
	rows, columns int
	widths        []int // of each column
	across        bool
}

func (g grid) index(row, column int) int {
	if g.across {
		return row*g.columns + column
	}
	return column*g.rows + row
}

// fit returns the grid with the fewest rows whose lines are shorter than width.
func fit(cells []cell, width int, across bool) grid {
	const narrowest = 1 + gap
	for columns := min(len(cells), max(1, (width+gap)/narrowest)); ; columns-- {
		g := grid{columns: columns, rows: (len(cells) + columns - 1) / columns, across: across}
		if !across {
			g.columns = (len(cells) + g.rows - 1) / g.rows // no empty one at the end
		}
		g.widths = make([]int, g.columns)
		total := -gap
		for i, c := range cells {
			column := i % g.columns
			if !across {
				column = i / g.rows
			}
			if c.width > g.widths[column] {
				total += c.width - g.widths[column]
				g.widths[column] = c.width
			}
		}
		if total+gap*g.columns < width || columns == 1 {
			return g
		}
	}
}
