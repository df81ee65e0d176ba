# platform/, compiled for the explorer: the calls that -fsanitize=thread puts before every access to memory
# are answered by it, and not by that sanitizer's runtime. So it is a library of its own, and each of mutants/
# one with one fault. Where the compiler has no such option, the tests are skipped.
ORDERS_DIR := $(BUILD)/orders
ORDERS_MUTANTS := $(shell sed -n 's,^\([a-z_]\+\) .*,$(ORDERS_DIR)/mutants/\1.so,p' tests/orders/mutants)
ORDERS_OF := $(addprefix platform/,random.c linux_vdso.c linux_choice.c linux_getrandom.c getentropy.c dev_urandom.c linux_file.c)
ORDERS_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fPIC -ffreestanding -fsanitize=thread -Delf_image_symbol=watched_symbol \
                 -include tests/orders/programs/clock.h -Iplatform
# Without the sanitizer's own runtime, which gcc and clang link where they see the option.
ORDERS_HAS := $(if $(MAKING),$(shell echo 'int x; int f(void) { return x++; }' | \
                $(CC) -fsanitize=thread -x c -c -o $(BUILD)/probe.orders - 2>/dev/null && echo yes; rm -f $(BUILD)/probe.orders))

# $(call orders_library,FILES): each compiled, all linked.
orders_library = $(Q)mkdir -p $@.d && for file in $(1); do \
    $(CC) $(ORDERS_CFLAGS) -w -c -o $@.d/$$(basename $$file .c).o $$file || exit 1; done && \
    $(CC) -shared -Wl,-z,now -o $@ $@.d/*.o && rm -rf $@.d

$(ORDERS_DIR)/plain.so $(ORDERS_MUTANTS): $(ORDERS_OF) $(wildcard platform/*.h) tests/orders/programs/clock.h \
    tests/orders/suite.mk $(FLAGS_FILE)

$(ORDERS_DIR)/plain.so:
	$(call say,ORDERS,$@)
	$(call orders_library,$(ORDERS_OF))

$(ORDERS_MUTANTS): tests/orders/mutants
	$(call say,MUTANT,$@)
	$(Q)mkdir -p $@.d
	$(Q)read -r name file scene change <<<"$$(grep '^$(basename $(@F)) ' tests/orders/mutants)" && \
	    sed "$$change" $$file >$@.d/$${file##*/} && ! cmp -s $$file $@.d/$${file##*/}
	$(call orders_library,$$(for one in $(ORDERS_OF); do [ -e $@.d/$${one##*/} ] && echo $@.d/$${one##*/} || echo $$one; done))
$(ORDERS_MUTANTS): SHELL := /bin/bash

# Coroutines jump from stack to stack, which _FORTIFY_SOURCE takes for a mistake.
$(ORDERS_DIR)/pool: $(wildcard tests/orders/programs/*.[ch]) platform/elf_image.c platform/random.h platform/linux_slot.h \
    $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -g $(TEST_CFLAGS) -U_FORTIFY_SOURCE -rdynamic -o $@ $(filter %.c,$^) -ldl

ORDERS_FILES := $(if $(ORDERS_HAS),$(ORDERS_DIR)/pool $(ORDERS_DIR)/plain.so $(ORDERS_MUTANTS))
TEST_FILES += $(ORDERS_FILES)
