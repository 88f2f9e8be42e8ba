package clamscan_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/tools/clamscan"
)

func Example_readme() {
	scanner, _ := clamscan.New("127.0.0.1:1", &clamscan.Options{Timeout: 5 * time.Second}) // clamd, which is down here
	library := kb.NewLibrary(memkb.New(), &kb.Options{Scanner: scanner})                   // Audit writes down what was found

	author := profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}
	_, err := library.Upload(context.Background(), author, kb.Upload{
		Name: "film.en.vtt", Content: strings.NewReader("WEBVTT\n\n00:01.000 --> 00:04.000\nHello.\n"),
	})
	fmt.Println(err != nil) // what nobody looked at is not kept, and can be sent again
	// Output: true
}
