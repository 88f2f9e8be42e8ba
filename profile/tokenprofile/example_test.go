package tokenprofile_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/tokenprofile"
)

// A host signs who its visitor is, and the portal that is embedded in its pages
// knows them by it.
func Example() {
	directory := profile.NewDirectory(memprofile.New(), nil)
	_, err := directory.SavePerson(context.Background(), root, profile.Person{ID: "ann", Name: "Ann"})
	if err != nil {
		fmt.Println(err)
		return
	}
	shared := []byte("32 bytes that only both sides know")
	auth, err := tokenprofile.NewHMAC(directory, tokenprofile.HMACOptions{Secrets: [][]byte{shared}})
	if err != nil {
		fmt.Println(err)
		return
	}

	// On the host's server, for whoever is signed in there:
	until := time.Now().Add(5 * time.Minute)
	signed := fmt.Sprintf("user_id=ann&expires=%d&user_hash=%s", until.Unix(), tokenprofile.UserHash(shared, "ann", until))

	// In each request of the widget:
	r := httptest.NewRequest("GET", "/api/v1/cases", nil)
	r.Header.Set(tokenprofile.HMACHeader, signed)
	who, err := auth.Authenticate(r)
	fmt.Println(who.Name, err)

	r.Header.Set(tokenprofile.HMACHeader, "user_id=bob"+signed[len("user_id=ann"):])
	_, err = auth.Authenticate(r)
	fmt.Println(err)
	// Output:
	// Ann <nil>
	// token: the hash is wrong: not permitted: error.profile.signed_out
}
