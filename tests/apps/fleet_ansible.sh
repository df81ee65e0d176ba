# shellcheck shell=dash
# Two machines with sshd, and Debian's ansible: the shim is rolled out, again, in vain, and taken back.
# They share this box's network, each with a port of its own.

mkdir /box/parts
tar -xf "$PARTS" -C /box/parts
ls /box/parts/deb/*.deb >/dev/null 2>&1 || { echo 'there is no package: debhelper is not installed' >&2 && exit 77; }

ssh-keygen -q -t ed25519 -N '' -f /box/key

# A cgroup of its own for each, in every hierarchy.
alone() {
    local line names path cgroup
    while IFS= read -r line; do
        names=${line#*:}
        path=${names#*:}
        names=${names%%:*}
        cgroup=/sys/fs/cgroup/${names#name=}
        [ -n "$names" ] || [ ! -d "$cgroup/unified" ] || cgroup=$cgroup/unified
        cgroup=${cgroup%/}${path%/}/$1
        ! mkdir "$cgroup" 2>/dev/null || echo 0 2>/dev/null >"$cgroup/cgroup.procs" || :
    done </proc/self/cgroup
}

machine() {
    over "/$1"
    printf 'Port %s\nListenAddress 127.0.0.1\n' "$2" >"/$1/etc/ssh/sshd_config.d/port.conf"
    mkdir -p -m 700 "/$1/root/.ssh"
    cp /box/key.pub "/$1/root/.ssh/authorized_keys"
    rm -f "/$1"/etc/systemd/system/multi-user.target.wants/prometheus*
    (alone "$1" && boot_machine "/$1" >"/box/$1.log") &
    echo "$1 ansible_host=127.0.0.1 ansible_port=$2" >>/box/inventory
}

echo '[osrandom]' >/box/inventory
machine one 2201
machine two 2202

cat >/box/ansible.cfg <<'END'
[defaults]
host_key_checking = False
interpreter_python = /usr/bin/python3
inventory = /box/inventory
private_key_file = /box/key
remote_user = root
roles_path = /box/parts/tools/examples/ansible/roles
retry_files_enabled = False
nocows = True
localhost_warning = False
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s
END
export ANSIBLE_CONFIG=/box/ansible.cfg
for name in one two; do
    until_true ansible "$name" -m ping
done

# deb VERSION [SHIM]: the packages under another version, with another shim.
debs() {
    mkdir -p "/box/$1"
    for deb in /box/parts/deb/*.deb; do
        dpkg-deb -R "$deb" /box/deb
        sed -i "s/^Version: .*/Version: $1/; s/(= [^)]*)/(= $1)/" /box/deb/DEBIAN/control
        file=$(find /box/deb -name libosrandom_preload.so)
        [ -z "${2:-}" ] || [ -z "$file" ] || cp "$2" "$file"
        dpkg-deb -Zgzip -z1 -b /box/deb "/box/$1/$(basename "${deb%%_*}")_$1_all.deb" >/dev/null
        rm -r /box/deb
    done
}
debs 1
debs 2 /box/parts/crash.so

# The settings of a version.
settings() {
    printf '{"osrandom_packages": ['
    printf '"%s",' "/box/$1"/*.deb | sed 's/,$//'
    printf '], "osrandom_restart": ["ssh"], "osrandom_rules": "/usr/sbin/kamailio mode=register"}'
}

# The guide's own commands.
cp /box/inventory /box/parts/tools/examples/ansible/inventory
guide=/box/parts/tools/examples/README.md
ask=$(sed -n 's/^    \$ \(.*--check\)$/\1/p' $guide)
roll_out=$(sed -n 's/^    \$ \(.*site.yml\)$/\1/p' $guide)
take_back=$(sed -n 's/^    \$ \(.*off.yml\)$/\1/p' $guide)

# play TITLE VERSION COMMAND
play() {
    echo "== $1"
    settings "$2" >settings.yml
    began=$(date +%s)
    sh -c "$3" >/box/play 2>&1 && result=0 || result=$?
    took=$(($(date +%s) - began))
    grep -E 'was not kept|^(one|two) ' /box/play | sed 's/  */ /g; s/skipped=.*//'
    [ $result = 0 ] || [ -n "${may_fail:-}" ] || { cat /box/play >&2 && exit 1; }
    ansible osrandom -o -m shell -a 'osrandom system status | head -c 3; openssl rand 1 >/dev/null' |
        sed 's/ .*(stdout) /: /' | sort
    for name in one two; do
        chroot "/$name" dpkg-query -W -f 'version ${Version}\n' libosrandom-preload
    done
}

cd /box/parts/tools/examples/ansible
play 'switched on' 1 "$roll_out"
play 'nothing to do' 1 "$roll_out"
play 'nothing to do, and only asked' 1 "$ask"
may_fail=yes play 'a bad build' 2 "$roll_out"
grep -o 'TASK.*Put the machine back' /box/play
echo "took: $took s from the bad build's start to the machine as it was"
cat /one/etc/osrandom.conf /two/etc/osrandom.conf
play 'off' 1 "$take_back"
play 'on again' 1 "$roll_out"
