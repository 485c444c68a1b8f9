#!/usr/bin/env bats
# Ansible's own modules at work on /etc/init.d/postfix and on an init script of one instance.

load helpers/load

setup_file() {
	three_instances n
	expect 0 postctl enable out
}

setup() { expect 0 postctl start; }

teardown() {
	diagnose_failure
	mend out
}

teardown_file() { stop_everything; }

# converge: a playbook of the tasks on standard input, lines of `MODULE SERVICE ARGUMENTS... RESULT`, with the results that
# its tasks must have: changed, same or failed. sysvinit is what ansible.builtin.service comes down to on this host, plain
# the module of that name, which knows all kinds of init scripts.
converge() {
	local line module result
	echo '[{hosts: localhost, connection: local, gather_facts: false, tasks: [' >/tmp/playbook.yml
	while read -r -a line; do
		module="ansible.builtin.${line[0]}: {name: '${line[1]}'"
		[[ ${line[0]} != plain ]] || module="ansible.builtin.service: {use: ansible.legacy.service, name: '${line[1]}'"
		case ${line[-1]} in
		changed) result='result is failed or not result.changed' ;;
		same) result='result is failed or result.changed' ;;
		failed) result='result is not failed' ;;
		*) fail "no such result: ${line[-1]}" ;;
		esac
		printf '{name: "%s", %s%s}, register: result, failed_when: "%s"},\n' "${line[*]}" "$module" \
			"$(printf ', %s' "${line[@]:2:${#line[@]}-3}" | sed 's/=/: /g; s/^, $//')" "$result" >>/tmp/playbook.yml
	done
	echo ']}]' >>/tmp/playbook.yml
	LIMIT=120 expect 0 ansible-playbook -i localhost, /tmp/playbook.yml
}

@test "a playbook written for systemd: postfix and postfix@out, converged at the second run" {
	expect 0 postctl stop
	expect 0 update-rc.d postfix@out remove
	cat >/tmp/site.yml <<-'END'
		- hosts: localhost
		  connection: local
		  tasks:
		    - name: Postfix is up, now and after a boot
		      ansible.builtin.service:
		        name: "{{ item }}"
		        state: started
		        enabled: yes
		      loop: [postfix, postfix@out]
		    - name: Its configuration
		      ansible.builtin.copy:
		        dest: /etc/postfix-out/header_checks
		        content: "/^X-Spam:/ REJECT\n"
		        mode: "0644"
		      notify: Restart out
		  handlers:
		    - name: Restart out
		      ansible.builtin.service:
		        name: postfix@out
		        state: restarted
		        enabled: yes
	END
	LIMIT=120 expect 0 ansible-playbook -i localhost, /tmp/site.yml
	assert_output 'changed=3 .*failed=0'
	one_master - out in
	compgen -G '/etc/rc2.d/S*postfix@out'
	before=$(masters_of - out in)
	LIMIT=120 expect 0 ansible-playbook -i localhost, /tmp/site.yml
	assert_output 'changed=0 .*failed=0'
	[ "$(masters_of - out in)" = "$before" ]
	deliver out alice
}

@test "sysvinit: the whole service, all up, one down, one dead, all down" {
	before=$(masters_of - in)
	converge <<-'END'
		service postfix state=started enabled=yes same
		sysvinit postfix state=started enabled=yes same
	END
	expect 0 postctl stop out
	converge <<<'service postfix state=started changed'
	one_master out
	kill_master out
	wait_for 5 eval '! master_of out'
	converge <<-'END'
		sysvinit postfix state=started changed
		sysvinit postfix state=started same
		sysvinit postfix state=reloaded changed
	END
	one_master out
	[ "$(masters_of - in)" = "$before" ]
	converge <<-'END'
		service postfix state=restarted changed
		service postfix state=stopped changed
		sysvinit postfix state=stopped same
	END
	no_program_of_postfix
}

@test "sysvinit: one instance, whatever the others do" {
	before=$(masters_of - in)
	converge <<-'END'
		service postfix@out state=started enabled=yes same
		sysvinit postfix@out state=reloaded changed
		service postfix@out state=restarted changed
		service postfix@out state=stopped changed
		sysvinit postfix@out state=stopped same
	END
	no_process_of out
	[ "$(masters_of - in)" = "$before" ]
	expect 0 postctl stop
	converge <<-'END'
		sysvinit postfix@out state=stopped same
		service postfix@out state=started changed
		service postfix@out state=started same
		service postfix@out enabled=no changed
		sysvinit postfix@out enabled=no same
	END
	one_master out
	no_process_of - in
	[ -z "$(compgen -G '/etc/rc2.d/S*postfix@out')" ]
	# That module turns nothing on again that was off: its "update-rc.d defaults" keeps the links of any service as they are.
	expect 0 update-rc.d postfix@out enable
	converge <<<'service postfix@out enabled=yes same'
}

@test "plain: the whole service and one instance" {
	before=$(masters_of - in)
	converge <<-'END'
		plain postfix state=started enabled=yes same
		plain postfix@out state=restarted changed
		plain postfix@out state=stopped changed
		plain postfix@out state=stopped same
		plain postfix state=started changed
		plain postfix@out state=reloaded changed
		plain postfix@out enabled=no changed
		plain postfix@out enabled=no same
		plain postfix@out enabled=yes changed
		plain postfix@out enabled=yes same
	END
	one_master out
	[ "$(masters_of - in)" = "$before" ]
	converge <<-'END'
		plain postfix state=restarted changed
		plain postfix state=stopped changed
		plain postfix state=stopped same
		plain postfix state=reloaded changed
	END
	one_master - out in # reloading what is stopped starts it
}

@test "a broken instance fails the task that needs it, and the others run" {
	break_main out
	expect 0 postctl stop
	converge <<-'END'
		service postfix state=started failed
		plain postfix state=started failed
		service postfix@out state=started failed
		sysvinit postfix@out state=restarted failed
		service postfix state=restarted failed
		plain postfix state=restarted failed
	END
	one_master - in
	no_process_of out
	mend out
	converge <<-'END'
		service postfix state=started changed
		service postfix@out state=started same
	END
	one_master - out in
}

@test "what runs and was broken since goes on when it is to be reloaded" {
	before=$(masters_of - out in)
	break_main out
	converge <<-'END'
		service postfix@out state=reloaded failed
		service postfix state=reloaded failed
		plain postfix@out state=reloaded failed
	END
	[ "$(masters_of - out in)" = "$before" ]
}
