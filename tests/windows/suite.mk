# Programs for Windows, where mingw-w64 can build them, and getentropy.c for other systems.
HAS_MINGW := $(shell command -v $(WINDOWS_CC) 2>/dev/null)
WINDOWS_DIR := $(BUILD)/windows
WINDOWS_PROGRAM = $(Q)mkdir -p $(@D) && $(WINDOWS_CC) $(WINDOWS_CFLAGS) -o $@ $(filter %.c %.o %.a,$^) -static-libgcc

$(WINDOWS_DIR)/draws.exe: tests/windows/programs/draws.c $(WINDOWS_LIBRARY) tests/windows/suite.mk
	$(call say,WINCC,$@)
	$(WINDOWS_PROGRAM)

$(WINDOWS_DIR)/failing/bcrypt.dll: tests/windows/programs/failing_bcrypt.c tests/windows/suite.mk
	$(call say,WINCC,$@)
	$(WINDOWS_PROGRAM) -shared -ladvapi32

# A program with a bcrypt.dll beside it that no one has asked for.
$(WINDOWS_DIR)/planted/%: $(WINDOWS_DIR)/%
	$(Q)mkdir -p $(@D) && cp $< $@
$(WINDOWS_DIR)/planted/bcrypt.dll: $(WINDOWS_DIR)/failing/bcrypt.dll
	$(Q)mkdir -p $(@D) && cp $< $@

# The module that also writes what it hands out to a ledger, and a program that has OpenSSL load it.
WINDOWS_LEDGER := $(WINDOWS_DIR)/ledger/osrandom.dll
$(WINDOWS_DIR)/ledger/method.o: preload/method.c $(FLAGS_FILE) Makefile
	$(call say,WINCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(WINDOWS_CC) $(WINDOWS_CFLAGS) -Drandom_fill=ledger_fill -c -o $@ $<
$(WINDOWS_LEDGER): tests/windows/programs/ledger_fill.c $(WINDOWS_DIR)/ledger/method.o \
        $(filter-out $(WINDOWS_DIR)/preload/method.o,$(WINDOWS_OBJECTS)) tests/windows/suite.mk
	$(call say,LINK,$@)
	$(WINDOWS_PROGRAM) -shared -Itests/support
$(WINDOWS_DIR)/engine.exe: tests/windows/programs/engine.c tests/windows/suite.mk
	$(call say,WINCC,$@)
	$(WINDOWS_PROGRAM)

ifneq ($(HAS_MINGW),)
TEST_FILES += $(WINDOWS_LIBRARY) $(WINDOWS_MODULE) $(WINDOWS_LEDGER) \
              $(addprefix $(WINDOWS_DIR)/,draws.exe engine.exe failing/bcrypt.dll planted/draws.exe planted/bcrypt.dll)
endif
