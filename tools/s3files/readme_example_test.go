package s3files_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/stoa-go/stoa/internal/s3test"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/tools/s3files"
)

func Example_readme() {
	bucket := s3test.New() // yours: "https://s3.eu-north-1.amazonaws.com/my-bucket/portal/"
	defer bucket.Close()
	files, err := s3files.New(bucket.URL, s3files.Options{Region: "eu-north-1", Key: "AKIDSTOATEST", Secret: "a secret/that+only tests know"})
	library := kb.NewLibrary(memkb.New(), &kb.Options{Files: files})
	fmt.Println(err, files.Check(context.Background()))

	author := profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}
	_, err = library.Upload(context.Background(), author, kb.Upload{Name: "notes.txt", Content: strings.NewReader("All about hubs.")})
	_, content, _ := library.File(context.Background(), author, "notes.txt")
	text, _ := io.ReadAll(content)
	fmt.Println(string(text), err)
	// Output:
	// <nil> <nil>
	// All about hubs. <nil>
}
