# The front door: `make run` starts vow, `make test` tries it, `make help` lists the rest.

PORT = 8080
DATA = build/demo-data
SECONDS = 20
ONLY =

NPM_CI = ci --loglevel=error --no-audit --no-fund
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -name generated -prune -o -type f -print)

.PHONY: help run build test check fmt bench train fuzz openapi install clean program debug run-packages test-packages

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## /\1	/p' Makefile | expand -t 10

run: build ## Start vow with demo data and print the address to open (PORT=8080 DATA=DIR)
	@scripts/run --port $(PORT) --data $(DATA)

build: web/dist/index.html program ## Build the program and its web app: build/vow, web/dist

test: debug tests/node_modules/.package-lock.json ## Run every test, with sanitizers (ONLY=unit, api, faults or ui)
	@scripts/test $(ONLY)

check: build debug ## Check format, layers, warnings, clang-tidy, API description, web (ONLY=step)
	@scripts/check $(ONLY)

fmt: test-packages web/node_modules/.package-lock.json ## Format C, TypeScript and JavaScript
	@git ls-files -z '*.c' '*.h' ':!*_table.h' | xargs -0r clang-format -i
	@scripts/biome check --write web tests

bench: test-packages build tests/node_modules/.package-lock.json ## Measure against the goals, into build/bench.json (ONLY=name)
	@ninja -C build/release --quiet
	@tests/bench/bench.py $(ONLY)

train: program ## Train the weights of mask and guard anew from the data in src/screen
	@ninja -C build/release --quiet src/screen/mask_train src/screen/guard_train
	@src/screen/train/train.sh build/release/src/screen/mask_train build/release/src/screen/guard_train

fuzz: test-packages ## Fuzz every entry point for a bounded time each (SECONDS=20 ONLY=name)
	@scripts/fuzz $(SECONDS) $(ONLY)

openapi: program ## Rewrite openapi.json, the committed copy of the API description
	@build/vow openapi >build/openapi.json && mv build/openapi.json openapi.json

install: ## Install what `make build` made, as docs/operations.md says (DESTDIR=)
	@install -D -m 755 build/vow $(DESTDIR)/usr/local/bin/vow
	@rm -rf $(DESTDIR)/usr/share/vow/web && install -d -m 755 $(DESTDIR)/usr/share/vow
	@cp -r web/dist $(DESTDIR)/usr/share/vow/web && chmod -R u=rwX,go=rX $(DESTDIR)/usr/share/vow/web
	@install -D -m 644 packaging/vow.service $(DESTDIR)/etc/systemd/system/vow.service

clean: ## Remove everything built; demo data stays
	@rm -rf web/dist web/node_modules tests/node_modules
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name 'demo-data*' -exec rm -rf {} +

debug: test-packages web/dist/index.html build/debug/build.ninja
	@echo 'Building everything for the tests'
	@ninja -C build/debug >build/ninja.log || { cat build/ninja.log; exit 1; }

program: build/release/build.ninja
	@ninja -C build/release -n src/vow | grep -q 'no work to do' || \
	    echo 'Building the program; from nothing, that takes a minute or two'
	@ninja -C build/release src/vow >build/ninja.log || { cat build/ninja.log; exit 1; }
	@cmp -s build/release/src/vow build/vow || install -m 755 build/release/src/vow build/vow

run-packages:
	@scripts/packages run

test-packages:
	@scripts/packages run test

build/release/build.ninja: | run-packages
	@echo 'Configuring the release build'; mkdir -p build
	@meson setup build/release --buildtype=release -Db_sanitize=none -Db_lto=true -Db_pie=true \
	    -Dc_link_args=-Wl,-z,relro,-z,now >build/release.log || { cat build/release.log; exit 1; }

build/debug/build.ninja: | test-packages
	@echo 'Configuring the debug build'; mkdir -p build
	@meson setup build/debug >build/debug.log || { cat build/debug.log; exit 1; }

%/node_modules/.package-lock.json: %/package-lock.json | run-packages
	@echo 'Fetching the npm packages of $*'
	@npm $(NPM_CI) --prefix $*
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json openapi.json $(WEB_SOURCES)
	@echo 'Building the web app, which takes some seconds'
	@npm run --silent build --prefix web
	@touch $@
