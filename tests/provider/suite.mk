# The probes' OpenSSLs are told by openssl.cnf to load the module; forks.c runs a program of duplication.
TEST_FILES += $(MODULE) $(LEDGER_MODULE)
