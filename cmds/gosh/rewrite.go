package main

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// lastJob is the variable that $! is read from.
const lastJob = "gosh_last_job"

// rewrite changes a program so that the interpreter calls us where it can't do
// the work itself:
//
//	CMD &      gosh:background PROCESSES SHOWN 'CMD'
//	time CMD   gosh:time 'CMD' FORMAT
//	exec CMD   gosh:exec CMD, except in subshells, which are not processes
//	$!         ${gosh_last_job}
//	>|FILE     >FILE, since noclobber is missing
//	>&FILE     &>FILE
//	exit       gosh:exit at the prompt, which asks about stopped jobs
//
// It also notes the functions that the program declares.
func rewrite(node syntax.Node, functions *names, from origin) {
	r := &rewriter{functions: functions, from: from}
	if from == fromInside {
		r.nested = 1
	}
	syntax.Walk(node, r.visit)
}

// An origin is where a program comes from.
type origin int

const (
	fromScript origin = iota
	fromPrompt
	fromInside // of another program, which may run it in a subshell
)

type rewriter struct {
	from      origin
	functions *names
	open      []syntax.Node // the nodes around the one visited
	nested    int           // how many of them don't run in the shell's own process
	shown     []string      // texts of the background statements among them
}

func (r *rewriter) visit(node syntax.Node) bool {
	if node != nil {
		r.open = append(r.open, node)
		r.enter(node)
		return true
	}
	last := len(r.open) - 1
	node = r.open[last]
	r.open = r.open[:last]
	r.leave(node)
	return true
}

func (r *rewriter) enter(node syntax.Node) {
	if isNesting(node) {
		r.nested++
	}
	switch node := node.(type) {
	case *syntax.FuncDecl:
		if node.Name != nil {
			r.functions.add(node.Name.Value)
		}
	case *syntax.Stmt:
		if node.Background {
			inner := *node
			inner.Background = false
			r.shown = append(r.shown, statementText(&inner))
		}
	}
}

// leave rewrites a node whose children are rewritten.
func (r *rewriter) leave(node syntax.Node) {
	if isNesting(node) {
		r.nested--
	}
	switch node := node.(type) {
	case *syntax.Stmt:
		if node.Background {
			last := len(r.shown) - 1
			r.rewriteBackground(node, r.shown[last])
			r.shown = r.shown[:last]
		} else if clause, ok := node.Cmd.(*syntax.TimeClause); ok && clause.Stmt != nil {
			format := ""
			if clause.PosixFormat {
				format = "-p"
			}
			replace(node, "time", printed(clause.Stmt), format)
		}
	case *syntax.CallExpr:
		switch {
		case r.nested > 0 || len(node.Args) == 0:
		case node.Args[0].Lit() == "exec" && len(node.Args) > 1:
			rename(node.Args[0], "exec")
		case node.Args[0].Lit() == "exit" && r.from == fromPrompt:
			rename(node.Args[0], "exit")
		}
	case *syntax.Redirect:
		switch {
		case node.Op == syntax.RdrClob:
			node.Op = syntax.RdrOut
		case node.Op == syntax.DplOut && node.N == nil && isFileName(node.Word.Lit()):
			node.Op = syntax.RdrAll
		}
	case *syntax.ParamExp:
		if node.Param != nil && node.Param.Value == "!" {
			node.Param.Value, node.Short = lastJob, false
		}
	}
}

// rename makes the word that names a command the name of our builtin.
func rename(word *syntax.Word, name string) {
	word.Parts = []syntax.WordPart{
		&syntax.Lit{ValuePos: word.Pos(), ValueEnd: word.End(), Value: ours + name},
	}
}

// isFileName says whether what follows >& is neither a descriptor nor -.
func isFileName(text string) bool {
	return strings.Trim(text, "0123456789-") != ""
}

// isNesting says whether what is inside node runs elsewhere than in the
// shell's own process. A function may be called from anywhere.
func isNesting(node syntax.Node) bool {
	switch node := node.(type) {
	case *syntax.Subshell, *syntax.CmdSubst, *syntax.ProcSubst, *syntax.FuncDecl, *syntax.CoprocClause:
		return true
	case *syntax.BinaryCmd:
		return node.Op == syntax.Pipe || node.Op == syntax.PipeAll
	case *syntax.Stmt:
		return node.Background
	}
	return false
}

func (r *rewriter) rewriteBackground(stmt *syntax.Stmt, shown string) {
	inner := *stmt
	inner.Background, inner.Semicolon, inner.Comments = false, syntax.Pos{}, nil
	processes := 0
	if n, ok := r.programs(&inner); ok {
		processes = n
	}
	if replace(stmt, "background", strconv.Itoa(processes), shown, printed(&inner)) {
		stmt.Background, stmt.Negated, stmt.Redirs = false, false, nil
	}
}

// programs counts the programs of a statement that is nothing but a program
// or a pipeline of some.
func (r *rewriter) programs(stmt *syntax.Stmt) (n int, ok bool) {
	switch cmd := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		if len(cmd.Args) == 0 {
			return 0, false
		}
		name := cmd.Args[0].Lit()
		return 1, name != "" && !isBuiltin(name) && !r.functions.has(name)
	case *syntax.BinaryCmd:
		if cmd.Op != syntax.Pipe && cmd.Op != syntax.PipeAll {
			return 0, false
		}
		x, xOK := r.programs(cmd.X)
		y, yOK := r.programs(cmd.Y)
		return x + y, xOK && yOK
	}
	return 0, false
}

// replace makes stmt a call of our builtin name. It can't if an argument
// can't be quoted, which is so for a NUL byte only.
func replace(stmt *syntax.Stmt, name string, args ...string) bool {
	line := ours + name
	for _, arg := range args {
		quoted, err := syntax.Quote(arg, syntax.LangBash)
		if err != nil {
			return false
		}
		line += " " + quoted
	}
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return false
	}
	stmt.Cmd = file.Stmts[0].Cmd
	return true
}

func printed(stmt *syntax.Stmt) string {
	var text strings.Builder
	syntax.NewPrinter().Print(&text, stmt)
	return text.String()
}
