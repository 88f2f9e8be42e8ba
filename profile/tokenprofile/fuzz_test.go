package tokenprofile_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stoa-go/stoa/profile"
)

// FuzzToken: whatever is sent, nobody gets in without the secret.
func FuzzToken(f *testing.F) {
	a := authenticator(f)
	good := sign(header(nil), claims(nil))
	for _, token := range misbehaviours(strings.Split(good, "."), claims(nil)) {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if token == good {
			t.Skip("it is good")
		}
		actor, err := ask(a, "Bearer "+token)
		if err == nil || !errors.Is(err, profile.ErrForbidden) || !actor.Anonymous() {
			t.Fatalf("%q: %v %v", token, actor, err)
		}
	})
}

// FuzzClaims: what is signed is refused or about the one subject that any other
// reader of JSON finds there too.
func FuzzClaims(f *testing.F) {
	a := authenticator(f)
	f.Add(header(nil), claims(nil))
	f.Add(header(nil), `{"sub":"ann","sub":"bob"}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		actor, err := ask(a, "Bearer "+sign(header, claims))
		if err != nil {
			if !errors.Is(err, profile.ErrForbidden) {
				t.Fatalf("%v", err)
			}
			return
		}
		var plain map[string]any
		if json.Unmarshal([]byte(claims), &plain) != nil || plain["sub"] != actor.ID {
			t.Fatalf("%q is about %q", claims, actor.ID)
		}
	})
}
