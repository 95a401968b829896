# The front door for people; everything real is in CMake (CMakePresets.json) and scripts/.
# Every target first installs the Debian packages it misses (scripts/install-deps.sh).
.DEFAULT_GOAL := build
.SUFFIXES:
MAKEFLAGS += --no-print-directory
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60

# Only for trees that have not been configured yet: an older tree keeps its generator.
export CMAKE_GENERATOR ?= Ninja
# Manual pages and packages carry the date of the commit, so that it alone decides their bytes.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || date +%s)

configure = cmake --preset $(1) --log-level=WARNING > /dev/null
compile = cmake --build $(1) --parallel $(JOBS)

.PHONY: build demo test test-interop test-package fuzz bench package install clean help deps-%

deps-%:
	@scripts/install-deps.sh $*

build: deps-build  ## build the program: build/hwbak (the default)
	@$(call configure,release)
	@$(call compile,build)

demo: build  ## build the program and show what it does with the files in examples/
	@scripts/demo.sh build/hwbak

# Both builds are one run of the test runner, so that its last lines are about everything. One test more than processors, since
# stories wait much.
test: deps-test  ## all tests, in an ordinary build and under ASan and UBSan
	@$(call configure,dev)
	@$(call compile,build-dev)
	@$(call configure,asan-ubsan)
	@$(call compile,build-asan)
	@mkdir -p build-test
	@printf 'subdirs("%s" "%s")\n' "$(CURDIR)/build-dev" "$(CURDIR)/build-asan" > build-test/CTestTestfile.cmake
	@ctest --test-dir build-test --parallel $$(($(JOBS) + 1)) --output-on-failure --no-tests=error --timeout 600

test-interop: deps-interop  ## against heavy programs of others, which `make test` does without
	@$(call configure,dev)
	@$(call compile,build-dev)
	@ctest --test-dir build-dev --build-config interop --label-regex interop --output-on-failure --no-tests=error

fuzz: deps-fuzz  ## fuzz every parser with libFuzzer, FUZZ_SECONDS each (60)
	@$(call configure,fuzz)
	@$(call compile,build-fuzz)
	@scripts/fuzz.sh build-fuzz/fuzz $(FUZZ_SECONDS)

bench: deps-bench  ## measure against peers and limits, as ratios
	@$(call configure,bench)
	@$(call compile,build-bench) --target bench_run

package: build deps-package  ## dist/: a .deb, a static tarball and their checksums, tried out
	@$(call configure,static)
	@$(call compile,build-static)
	@packaging/make-packages.sh build build-static dist
	@tests/package/check_packages.sh dist

test-package: deps-package  ## install and run what is in dist/
	@tests/package/check_packages.sh dist

install: build  ## install program and library under PREFIX (/usr/local); DESTDIR is honoured
	@cmake --install build --prefix $(PREFIX)

clean:  ## remove everything that was built
	@rm -rf build build-dev build-asan build-test build-fuzz build-bench build-static dist

help:  ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## +(.*)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|'
