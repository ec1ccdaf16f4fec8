package manual

import (
	"slices"
	"strings"
)

// A group is a chapter of the index that help prints.
type group struct{ title, members string }

// groups are the chapters in their order. Who is in none is in the last one
// but one; libraries are in the last.
func groups() []group {
	return []group{
		{"the machine", "init poweroff reboot halt shutdown uname hostname uptime date hwclock dmesg ntpdate watchdog watchdogd service backoff kexec insmod rmmod lsmod"},
		{"help and shell", "gosh help man src echo printenv env true false yes sleep time timeout test which xargs nohup tee tty stty more clear logger"},
		{"files and folders", "ls cat cp mv rm ln mkdir rmdir touch chmod chown chgrp find du df pwd basename dirname readlink realpath mkfifo mknod mktemp cmp truncate sync shasum md5sum dd tar gzip cpio stat umask"},
		{"text", "grep sed awk sort uniq head tail wc cut tr comm diff hexdump strings base64 seq tsort ts less vi"},
		{"processes", "ps kill free id lsof lsfd pidof strace unshare chroot top nice renice su whoami"},
		{"network", "ip ping wget scp sshd netcat netstat dhclient nc ntpd"},
		{"disks and devices", "mount umount unmount bind losetup blkid gpt lsdrivers pci fusermount switch_root io lockmsrs msr rsdp brctl sluinit"},
		{"other programs", ""},
		{"libraries", ""},
	}
}

func groupOf(p Program) int {
	all := groups()
	if strings.Contains(p.Name, "/") {
		return len(all) - 1
	}
	i := slices.IndexFunc(all, func(g group) bool { return slices.Contains(strings.Fields(g.members), p.Name) })
	if i < 0 {
		return len(all) - 2
	}
	return i
}
