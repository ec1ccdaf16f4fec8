package manual

// missing has manuals for u-root's programs whose source has none. It is in
// the form of a package comment. A program that gets one of its own uses that.
func missing(name string) string {
	switch name {
	case "brctl":
		return "Brctl joins network interfaces to bridges.\n\nUsage:\n\n\tbrctl addbr | delbr BRIDGE\n\tbrctl addif | delif BRIDGE INTERFACE\n\tbrctl show [BRIDGE]\n"
	case "chroot":
		return "Chroot runs a program that sees a folder as its root.\n\nUsage:\n\n\tchroot [-u USER:GROUP] [-g G1,G2] [-s] FOLDER [PROGRAM [ARGUMENT...]]\n\n" +
			"\t-u    run it as this user and group, by number\n\t-g    with these groups besides, by number\n\t-s    stay in the folder that is in use\n\nSee chroot(2).\n"
	case "du":
		return "Du tells how much room files take.\n\nUsage:\n\n\tdu [-k] [-H | -L] [-a | -s] [FILE...]\n\n" +
			"\t-k    in units of 1024 bytes instead of 512\n\t-a    each file, not only folders\n\t-s    only the sum of each FILE\n\t-H    follow symbolic links among the arguments\n\t-L    follow all symbolic links\n"
	case "head":
		return "Head prints the first lines of files, ten by default.\n\nUsage:\n\n\thead [-n LINES | -c BYTES] [FILE...]\n"
	case "netstat":
		return "Netstat shows sockets, routes and interfaces.\n\nUsage:\n\n\tnetstat [-t] [-u] [-x] [-w] [-l | -a] [-n] [-p]\n\tnetstat -r | -i | -g | -s\n\n" +
			"\t-t -u -x -w    sockets: TCP, UDP, Unix, raw\n\t-l -a          those that listen, or all\n\t-n             numbers instead of names\n\t-p             the program of each\n" +
			"\t-r             routes\n\t-i             interfaces\n\t-g             multicast groups\n\t-s             statistics\n"
	case "pidof":
		return "Pidof finds the process numbers of programs by their names.\n\nUsage:\n\n\tpidof [-s] [-q] NAME...\n\n\t-s    one number only\n\t-q    none, just the exit status\n"
	case "realpath":
		return "Realpath prints absolute paths without symbolic links.\n\nUsage:\n\n\trealpath [-q] PATH...\n\n\t-q    do not complain\n"
	case "service":
		return "Service runs scripts of /etc/init.d.\n\nUsage:\n\n\tservice SCRIPT COMMAND [OPTION...]\n\tservice -status-all | -full-restart\n"
	case "sshd":
		return "Sshd lets people in from other machines.\n\nUsage:\n\n\tsshd [-d] [-ip ADDRESS] [-port PORT] [-keys FILE] [-privatekey FILE]\n"
	case "sluinit":
		return "Sluinit starts a system after a measured launch.\n\nUsage:\n\n\tsluinit [-d]\n"
	case "switch_root":
		return "Switch_root makes a folder the root and runs its first program.\n\nUsage:\n\n\tswitch_root FOLDER PROGRAM\n\nWhat is on the old root is deleted. Only process 1 can do it.\n"
	case "tty":
		return "Tty prints the name of the terminal on standard input.\n\nUsage:\n\n\ttty\n"
	case "update-rc.d":
		return "Update-rc.d switches scripts of /etc/init.d on and off.\n\nUsage:\n\n\tupdate-rc.d [-f] SCRIPT remove\n\tupdate-rc.d SCRIPT defaults | defaults-disabled\n\tupdate-rc.d SCRIPT enable | disable [RUNLEVEL]\n"
	case "yes":
		return "Yes prints a line over and over, until nobody reads any more.\n\nUsage:\n\n\tyes [TEXT]\n"
	}
	return ""
}
