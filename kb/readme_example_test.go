package kb_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

func Example_readme() {
	ctx := context.Background()
	library := kb.NewLibrary(memkb.New(), nil) // or sqlkb.New(db)
	editor := profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleReviewer}}
	place, _ := library.SaveCategory(ctx, editor, kb.Category{
		Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: "Printers"}},
	})
	article, _ := library.Create(ctx, editor, kb.Draft{
		Text: kb.Text{Title: "The printer is slow", Body: "Switch it **off and on**."},
		Meta: kb.Meta{Category: place.ID, Kind: kb.KindFAQ, Audience: profile.NewAudience("signed-in")},
	})
	library.Publish(ctx, editor, article.ID, "en", article.Version)
	page, err := library.Article(ctx, profile.Actor{ID: "ann"}, article.ID, "de")
	fmt.Println(page.Title, page.Text.HTML, err)
	_, err = library.Article(ctx, profile.Actor{}, article.ID, "de") // signed out: it does not exist
	fmt.Println(err != nil)
	// Output:
	// The printer is slow <p>Switch it <strong>off and on</strong>.</p>
	//  <nil>
	// true
}
