# Ends a test cluster of PostgreSQL when nobody has used it for a while, so that nothing is left running after the tests.
# Called as: sh keeper.sh CLUSTER POINTER IDLE_S. Every process that uses CLUSTER has a file CLUSTER/users/PID.RANDOM;
# POINTER is the file in which newcomers look up the cluster. The order matters: a newcomer registers and then reads
# POINTER again, the keeper removes POINTER and then looks for users again, so one of the two always notices.
cluster=$1
pointer=$2
idle_s_max=$3
idle_s=0
retired=no

postmaster() {
    head -n 1 "$cluster/data/postmaster.pid" 2>/dev/null
}

in_use() {
    used=1
    for user in "$cluster"/users/*; do
        pid=${user##*/}
        pid=${pid%%.*}
        if kill -0 "$pid" 2>/dev/null; then used=0; else rm -f "$user"; fi
    done
    return $used
}

while pid=$(postmaster) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do
    touch "$cluster/heartbeat"
    sleep 1
    if in_use; then idle_s=0; else idle_s=$((idle_s + 1)); fi
    if [ "$retired" = yes ] && [ "$idle_s" -gt 1 ]; then break; fi
    if [ "$retired" = no ] && [ "$idle_s" -ge "$idle_s_max" ]; then
        if [ "$(cat "$pointer" 2>/dev/null)" = "$cluster" ]; then rm -f "$pointer"; fi
        retired=yes
        idle_s=0
    fi
done

pid=$(postmaster)
if [ -n "$pid" ] && kill -INT "$pid" 2>/dev/null; then
    waited_s=0
    while [ -e "$cluster/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null; do
        sleep 1
        waited_s=$((waited_s + 1))
        if [ "$waited_s" -eq 15 ]; then kill -QUIT "$pid"; fi
        if [ "$waited_s" -ge 20 ]; then kill -KILL "$pid"; break; fi
    done
fi
rm -rf "$cluster"
