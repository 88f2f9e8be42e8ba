package kb_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// An article from its first draft to a reader's verdict.
func Example() {
	ctx := context.Background()
	library := kb.NewLibrary(memkb.New(), nil) // or sqlkb.New(db)
	author := profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}
	reviewer := profile.Actor{ID: "rosa", Roles: []profile.Role{profile.RoleReviewer}}
	customer := profile.Actor{ID: "ann", Roles: []profile.Role{profile.RoleCustomer}}

	printers, _ := library.SaveCategory(ctx, reviewer, kb.Category{
		Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: "Printers"}},
	})
	article, _ := library.Create(ctx, author, kb.Draft{
		Text: kb.Text{Title: "The printer is slow", Body: "Switch it **off and on**."},
		Meta: kb.Meta{Category: printers.ID, Kind: kb.KindHowTo, Audience: profile.NewAudience("signed-in")},
	})
	_, err := library.Article(ctx, customer, article.ID, "en")
	fmt.Println("a draft is there for its reader:", !errors.Is(err, kb.ErrNotFound))

	article, _ = library.Publish(ctx, reviewer, article.ID, "en", article.Version)
	article, _ = library.Edit(ctx, author, article.ID, "de", article.Version, kb.Text{Title: "Der Drucker ist langsam", Body: "Aus- und **wieder einschalten**."})
	article, _ = library.Publish(ctx, reviewer, article.ID, "de", article.Version)

	page, _ := library.Article(ctx, customer, article.ID, "de-AT")
	fmt.Println(page.Title, page.Text.HTML)
	found, _ := library.Find(ctx, customer, "de", "the-printer-is-slow")
	fmt.Println("moved to", found.Slug)
	_, err = library.Find(ctx, profile.Actor{}, "de", "the-printer-is-slow") // signed out
	fmt.Println(err)

	library.Rate(ctx, customer, kb.Opinion{Article: article.ID, Locale: "de", Helpful: true, Key: "form 1"})
	library.Rate(ctx, customer, kb.Opinion{Article: article.ID, Locale: "de", Helpful: true, Key: "form 1"}) // sent twice
	ratings, _ := library.Ratings(ctx, reviewer, []string{article.ID})
	fmt.Println("helpful:", ratings[article.ID].Helpful)
	// Output:
	// a draft is there for its reader: false
	// Der Drucker ist langsam <p>Aus- und <strong>wieder einschalten</strong>.</p>
	//
	// moved to der-drucker-ist-langsam
	// article "the-printer-is-slow": not found
	// helpful: 1
}
