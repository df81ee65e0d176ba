/*
 * Real programs, one test each. The names are those of programs.table, which says what each does.
 */
#include <criterion/criterion.h>

#include "prove.h"

#define TEST_OF(program, prove_it) TEST_IN(apps, program, prove_it)
#define TEST_IN(suite, program, prove_it)                                                          \
    Test(suite, program)                                                                           \
    {                                                                                              \
        prove_it(#program);                                                                        \
    }
#define PROGRAM(program) TEST_OF(program, prove)
#define ONE_MORE(program) TEST_OF(program, prove_if_all)

PROGRAM(nginx)
PROGRAM(apache)
PROGRAM(postgresql)
PROGRAM(kamailio)
PROGRAM(tor)
PROGRAM(openssh)
PROGRAM(python)
PROGRAM(nodejs)
PROGRAM(openssl)
PROGRAM(stunnel)

PROGRAM(systemd)
PROGRAM(runc)

ONE_MORE(haproxy)
ONE_MORE(lighttpd)
ONE_MORE(mariadb)
ONE_MORE(redis)
ONE_MORE(dovecot)
ONE_MORE(openvpn)
ONE_MORE(mosquitto)
ONE_MORE(curl)
ONE_MORE(ruby)
ONE_MORE(perl)
ONE_MORE(php)
ONE_MORE(erlang)
ONE_MORE(lua)
ONE_MORE(tcl)
ONE_MORE(tomcat_native)
ONE_MORE(nodejs_debian)

ONE_MORE(bind)
ONE_MORE(unbound)
ONE_MORE(freeradius)
ONE_MORE(postfix)
ONE_MORE(coturn)
ONE_MORE(icecast)
ONE_MORE(znc)
ONE_MORE(hitch)
ONE_MORE(squid)
ONE_MORE(proftpd)
ONE_MORE(ntpsec)
ONE_MORE(r)
ONE_MORE(qt)
ONE_MORE(strongswan)
ONE_MORE(swtpm)

ONE_MORE(h2o)
ONE_MORE(hostapd)
ONE_MORE(sbcl)

/* With nothing preloaded. */
TEST_IN(provided, openssh, prove_provider)
TEST_IN(provided, python, prove_provider)
TEST_IN(provided, openssl, prove_provider)
TEST_IN(provided, nginx, prove_provider)
TEST_IN(provided, apache, prove_provider)
TEST_IN(provided, postgresql, prove_provider)
TEST_IN(provided, stunnel, prove_provider)
TEST_IN(provided, tor, prove_provider)
