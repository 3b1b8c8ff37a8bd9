# espy: plain make.  `make` builds build/espy; `make help` lists the rest.

# ---- what the user may set --------------------------------------------------
CC ?= cc
PREFIX ?= /usr/local
DESTDIR ?=
SAN ?=
CFLAGS ?= $(if $(SAN),-O1,-O2) -g
# The tests say -Werror; a compiler newer than they know must still build.
WERROR ?=
FUZZ_S ?= 5
CLANG ?= clang

# ---- flags ------------------------------------------------------------------
PKGS := libssh2 yaml-0.1 libpcap jansson libcrypto
PKG_CONFIG ?= pkg-config
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
	-Wwrite-strings -Wundef -Wvla -Wformat=2 -Wswitch-enum $(WERROR)
CPPFLAGS += -D_POSIX_C_SOURCE=200809L -Isrc
# These goals build nothing themselves, and come before pkg-config is there.
ifneq ($(filter-out deps demo test help clean,$(or $(MAKECMDGOALS),all)),)
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS))
endif
ifneq ($(SAN),)
B := build/san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
ESPY := $(B)/espy
else
B := build/plain
SANFLAGS :=
ESPY := build/espy
endif
COMPILE = $(CC) -std=c11 $(CPPFLAGS) $(PKG_CFLAGS) $(WARN) $(CFLAGS) \
	$(SANFLAGS) -MMD -MP

# ---- what there is ----------------------------------------------------------
SRCS := $(wildcard src/*.c src/*/*.c)
OBJS := $(SRCS:src/%.c=$(B)/%.o)
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
# A unit test or fuzz target names in its first comment the objects it links,
# "links: base/buf base/mem"; anything impure that creeps in fails to link.
named = $(shell awk '/links:/ { on = 1; sub(/.*links:/, "") } on { last = /\*\//; gsub(/ ?\*\/|^ \*/, ""); print } last { exit }' $(1))
# A pure directory may be named as a whole, "platform/".
links = $(foreach l,$(call named,$(1)),$(if $(filter %/,$(l)),$(patsubst \
	src/%.c,%,$(wildcard src/$(l)*.c)),$(l)))

.PHONY: all test unit integration golden golden-update lint fuzz demo bench \
	install deps clean help
all: $(ESPY)

help:
	@sed -n 's/^## //p' Makefile

$(ESPY): $(OBJS)
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $(OBJS) $(PKG_LIBS)

$(B)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(COMPILE) -c -o $@ $<

# ---- tests ------------------------------------------------------------------
define unit_rule
$(B)/unit/$(1): tests/unit/$(1).c Makefile \
    $(patsubst %,$(B)/%.o,$(call links,tests/unit/$(1).c))
	@mkdir -p $$(@D)
	@echo "  CC $$<"
	@$$(COMPILE) -Itests/unit -o $$@ $$(filter %.c %.o,$$^) -lcmocka \
	    $$(PKG_LIBS)
endef
$(foreach t,$(UNITS),$(eval $(call unit_rule,$(t))))

## make unit            unit tests (SAN=1: with sanitizers)
unit: $(UNITS:%=$(B)/unit/%)
	@sh tests/run-units.sh $(sort $^)

# Fuzzers are clang's; objects of their own, so that coverage guides them.
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
FUZZ_COMPILE = $(CLANG) -std=c11 $(CPPFLAGS) $(PKG_CFLAGS) $(FUZZ_FLAGS) \
	-MMD -MP
build/fuzz/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	@$(FUZZ_COMPILE) -c -o $@ $<

define fuzz_rule
build/fuzz/$(1): tests/fuzz/$(1).c Makefile \
    $(patsubst %,build/fuzz/%.o,$(call links,tests/fuzz/$(1).c))
	@mkdir -p $$(@D)
	@echo "  FUZZ $$<"
	@$$(FUZZ_COMPILE) -fsanitize=fuzzer -o $$@ $$(filter %.c %.o,$$^) \
	    $$(PKG_LIBS)
endef
$(foreach t,$(FUZZERS),$(eval $(call fuzz_rule,$(t))))

## make fuzz FUZZ_S=60  every fuzz target, so many seconds each
fuzz: $(FUZZERS:%=build/fuzz/%)
	@sh tests/fuzz/run.sh $(FUZZ_S) $(sort $^)

# Programs that tests and benchmarks run: built like espy, linked like a unit.
TOOLS := $(wildcard tests/integration/*.c tests/bench/*.c tests/bench/*/*.c)
TOOL_DIR := $(B)/tools
tool = $(TOOL_DIR)/$(basename $(notdir $(1)))
define tool_rule
$(call tool,$(1)): $(1) Makefile $(patsubst %,$(B)/%.o,$(call links,$(1)))
	@mkdir -p $$(@D)
	@echo "  CC $$<"
	@$$(COMPILE) -o $$@ $$(filter %.c %.o,$$^) $$(PKG_LIBS)
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rule,$(t))))
tools := $(foreach t,$(TOOLS),$(call tool,$(t)))

## make integration     espy's parts against other programs
integration: $(ESPY) $(tools)
	@sh tests/integration/run.sh $(ESPY) $(TOOL_DIR)

## make bench           speed and memory, against other programs
bench: $(ESPY) $(tools)
	@sh tests/bench/run.sh $(ESPY) $(TOOL_DIR)
## make golden          recorded runs, analyzed again
golden: all
	@ESPY=$(ESPY) sh tests/golden/run.sh

## make golden-update   ... and rewrite what is expected; read the diff
golden-update: all $(B)/unit/test_report
	@ESPY=$(ESPY) sh tests/golden/run.sh update
	@ESPY_GOLDEN=update $(B)/unit/test_report

## make lint            layers, banned functions, sizes, format, shell, manual
lint:
	@sh tests/lint/run.sh

## make test            everything; the one command
test:
	@sh tests/run.sh

## make demo            as root: a lab of four kernels, broken and diagnosed
demo:
	@sh tests/demo.sh

## make deps            as root on Debian: install what all of this needs
deps:
	@sh tests/deps.sh

## make install         into $(DESTDIR)$(PREFIX)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 755 build/espy $(DESTDIR)$(PREFIX)/bin/espy
	for m in $(wildcard src/man/*.[15]); do \
		install -m 644 $$m \
		    $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/ || exit 1; \
	done

## make clean
clean:
	rm -rf build

-include $(OBJS:.o=.d) $(tools:%=%.d) $(UNITS:%=$(B)/unit/%.d) \
	$(SRCS:src/%.c=build/fuzz/%.d) $(FUZZERS:%=build/fuzz/%.d)
