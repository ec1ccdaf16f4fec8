# The front door. Every target only calls the host program or the go tool;
# "make help" lists them. Variables: ARCH=x86_64|arm64 TEMPLATE=default|minimal ARGS="more flags".
ARCH     ?= x86_64
TEMPLATE ?=
BUILDER   = bin/go-builder
IMAGE     = -arch $(ARCH) $(if $(TEMPLATE),-template $(TEMPLATE)) $(ARGS)
# The one Go that builds Vole; an older go command fetches it, verified by the checksum database.
export GOTOOLCHAIN = go1.26.8
# Settings of the caller's own that would build something else here.
export GOFLAGS     = -buildvcs=false
export GOWORK      = off
export CGO_ENABLED = 0
unexport GOOS GOARCH GOAMD64 GOARM64 GOEXPERIMENT GOFIPS140

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: setup tools ## build all that is needed and boot to a shell on this terminal (Ctrl-A X leaves)
	@$(BUILDER) run $(IMAGE)

image: setup tools ## build kernel and initramfs into out/ARCH
	@$(BUILDER) image $(IMAGE)

kernel: setup tools ## build only the kernel
	@$(BUILDER) kernel -arch $(ARCH) $(ARGS)

test: setup tools ## every test, boots included; what they boot is built first, so that no compiler disturbs them
	@go vet ./...
	@$(BUILDER) image -arch x86_64
	@$(BUILDER) image -arch arm64
	@go test -p 1 -timeout 60m ./...

check: ## the fast tests: no QEMU, no root, no network, under a minute warm
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	@go vet ./...
	@go test -short ./...

test-long: setup ## the tests that take an hour: kernels built twice and compared, long fuzzing
	@go test -tags long -timeout 170m -run 'Long' -v ./...

bench: setup tools ## measure boot time, sizes and memory against the budgets
	@$(BUILDER) bench $(IMAGE)

docs: tools ## write docs/reference anew from the package docs
	@$(BUILDER) docs

release: setup tools ## build every architecture of distro.json, never with a fallback kernel, with SHA256SUMS
	@$(BUILDER) release $(ARGS)

tools: ## compile the host program to bin/go-builder
	@go build -o $(BUILDER) ./tools/go-builder

setup: ## install what this host lacks (Debian, Ubuntu)
	@scripts/setup

clean: ## remove what was built here; the cache stays ("go-builder clean -cache" removes it)
	@rm -rf out bin

.PHONY: help run image kernel test check test-long bench docs release tools setup clean
.NOTPARALLEL:
.DEFAULT_GOAL = help
