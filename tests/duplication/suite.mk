# The programs that duplicate themselves, linked to each tree's OpenSSL.
DUPLICATION_PROGRAMS := forks storms checkpoint resume
DUPLICATION_TREES := $(TREES)
TEST_FILES += $(if $(OSRANDOM_TEST_ALL),$(BUILD)/trees/criu-4.1 $(BUILD)/trees/criu-4.2)

define duplication_rules
$(BUILD)/duplication/$(1)/%: tests/duplication/programs/%.c tests/duplication/programs/draws.c \
        tests/duplication/programs/draws.h $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(filter-out -Itests/support,$$(TEST_CFLAGS)) -Wno-deprecated-declarations -isystem $$$$INCLUDE \
	    -fPIE -pie -o $$@ $$< tests/duplication/programs/draws.c $$$$LIBSSL $$$$LIBCRYPTO -lpthread \
	    -Wl,--allow-shlib-undefined
TEST_FILES += $$(foreach program,$(DUPLICATION_PROGRAMS),$(BUILD)/duplication/$(1)/$$(program))
endef
$(foreach tree,$(DUPLICATION_TREES),$(eval $(call duplication_rules,$(tree))))

# A copy of OpenSSL that the program hides, and the watch for the kernel's own reseeds, for guests.
DUPLICATION_GUESTS := $(BUILD)/duplication/openssl-3.0/resume_hidden $(BUILD)/duplication/settled
TEST_FILES += $(DUPLICATION_GUESTS) $(BUILD)/osrandom.static

$(BUILD)/duplication/openssl-3.0/resume_hidden: tests/duplication/programs/resume.c \
        tests/duplication/programs/draws.c tests/duplication/programs/draws.h $(BUILD)/trees/openssl-3.0 $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q). $$(cat $(BUILD)/trees/openssl-3.0)/tree.env && \
	    $(CC) -O1 -g $(filter-out -Itests/support,$(TEST_CFLAGS)) -Wno-deprecated-declarations -isystem $$INCLUDE \
	    -fPIE -pie -o $@ $< tests/duplication/programs/draws.c $${LIBCRYPTO%/*}/libssl.a $${LIBCRYPTO%/*}/libcrypto.a \
	    -lpthread -ldl

$(BUILD)/duplication/settled: tests/duplication/programs/settled.c $(BUILD)/platform/elf_image.o $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -static -o $@ $< $(BUILD)/platform/elf_image.o
