# shellcheck shell=dash
# Runs programs as a user without rights, setuid ones among them, without and with the shim in
# /etc/ld.so.preload; shows the differences.

as_nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }

session() {
    for command in 'passwd --status' 'su -c id' 'mount' 'umount /' 'chage -l root' 'newgrp root' 'id' \
        'ls -la /bin/su' 'cat /etc/shadow' 'busybox id' 'openssl version' 'ssh-keygen -l -f /etc/passwd'; do
        echo "$ $command"
        # shellcheck disable=SC2086 # words
        as_nobody $command </dev/null 2>&1 || echo "exit status $?"
    done
}

session >/box/stock
echo "$SHIM" >/etc/ld.so.preload
as_nobody cat /proc/self/maps | grep -q "$SHIM"
session >/box/preloaded
grep -q 'Password:' /box/preloaded
diff /box/stock /box/preloaded
