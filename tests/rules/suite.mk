# A program that is linked to this system's OpenSSL, as installed programs are: rules name them by their
# paths, and under a tree's loader a program's path is the loader's.
RULES_USES := $(BUILD)/tests/rules/uses
TEST_FILES += $(RULES_USES) $(BUILD)/osrandom

$(RULES_USES): tests/rules/programs/uses.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -Wno-deprecated-declarations -o $@ $< -lcrypto

# What becomes of each line is asked of the shim's own part.
rules_LINKS := $(BUILD)/preload/rules.o $(BUILD)/preload/setting_words.o
