# Its ways to come by OpenSSL are those of tests/openssl.
harmless_LINKS := $(BUILD)/tests/openssl/ways.o
$(BUILD)/tests/harmless/%.o: TEST_CFLAGS += -Itests/openssl
