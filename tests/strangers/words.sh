# shellcheck shell=dash
# The words that suites.table's scripts may use; they run in a box of tests/apps/box, as its PID 1.
# SIDE is stock or shim.

# enter DIRECTORY: goes there, and makes it the stranger's.
enter() { cd "$1" && chown -R stranger: .; }

# hosts: names this host, and the box.
hosts() { printf '127.0.0.1 localhost box\n::1 localhost\n' >/etc/hosts; }

# stranger COMMAND...: runs it as an ordinary user, under the shim on its side.
stranger() {
    setpriv --reuid=stranger --regid=stranger --init-groups \
        env HOME=/home/stranger USER=stranger LOGNAME=stranger ${under+LD_PRELOAD="$SHIM" OSRANDOM_LEDGER="$LEDGER"} "$@"
}
[ "$SIDE" = stock ] || under=1

# junit FILE: the verdicts in a JUnit XML file, as many as there are. Erlang's Common Test names the class
# once, in the suite around them, and runs one test in many groups.
junit() {
    python3 - "$1" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

for suite in tree.parse(sys.argv[1]).iter("testsuite"):
    for case in suite.findall("testcase"):
        parts = {part.tag for part in case}
        verdict = "fail" if parts & {"failure", "error"} else "skip" if "skipped" in parts else "ok"
        where = [case.get("classname") or suite.get("name"), case.get("group"), case.get("name")]
        print(f"@{verdict} {'.'.join(filter(None, where))}")
PYTHON
}

# common_test ARGUMENT...: Erlang's, of the suites in this directory, and their verdicts.
common_test() {
    stranger ct_run -noinput -no_auto_compile -multiply_timetraps 5 -logdir /home/stranger -dir . \
        -ct_hooks cth_surefire '[{path,"/home/stranger/out.xml"}]' "$@" || :
    junit /home/stranger/out.xml
    rm /home/stranger/out.xml
}

# tap_in FILE [NAME]: the verdicts in what programs said that speak TAP, NAME before each, or what the harness
# calls the program. A test without a name is called by its comment, for two processes of one may speak in turn;
# the numbers in it are ports and addresses.
tap_in() {
    awk -v name="${2:+$2 }" '
        $1 ~ /\.t$/ && $2 ~ /^\.\.+$/ { name = $1; sub(/.*\//, "", name); name = name " " }
        /^ *(not )?ok([ \t]|$)/ {
            verdict = /^ *ok/ ? "ok" : "fail"
            if (/# *TODO/) verdict = "ok"
            if (/# *[Ss][Kk][Ii][Pp]/) verdict = "skip"
            sub(/^ *(not )?ok[ \t]*[0-9]*( - )?[ \t]*/, "")
            if (/^#/) gsub(/0x[0-9a-f]+|[0-9]+/, "N")
            else sub(/ *#.*/, "")
            told = name $0
            sub(/ +$/, "", told)
            print "@" verdict " " told
        }
        /^1\.\.0/ { print "@skip " name "all" }' "$1"
}

# tap NAME COMMAND...: runs a program that speaks TAP, and how it ended is a verdict, too.
tap() {
    local name=$1 verdict=ok
    shift
    "$@" >/box/tap 2>&1 || verdict=fail
    cat /box/tap
    tap_in /box/tap "$name"
    echo "@$verdict $name, its end"
}
