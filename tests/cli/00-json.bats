#!/usr/bin/env bats
# The check by which other tests tell JSON from other things.

load command-line

@test "what is JSON" {
	for text in '{}' '[]' '{"a":1}' '{"a" : [1,2,{"b":null}], "c":"x\ny"}' '"x"' '{"a":-1.5e3,"b":true}' '{"a":"é"}' '[1,2,3,4]' '1' \
		'[[[[1]]],{"a":{"b":[]}}]' '{"\u00e9\\\"":""}'; do
		is_json <<<"$text" || { echo "$text" && false; }
	done
}

@test "what is not" {
	for text in '' '{"a":1,}' '[1,2' '{"a":"b"c"}' 'tru' 'nulll' '{"a":01}' '{} {}' '{"a\q":1}' '[1 2]' $'{"a":"\1"}' $'{"a":"\n"}' '{a:1}' \
		'[,1]' '[1,,2]' '{"a":1 "b":2}' $'\2' '{"a"}' '{1:2}' "{'a':1}" '+1' '.5' '"a'; do
		! is_json <<<"$text" || { echo "$text" && false; }
	done
}
