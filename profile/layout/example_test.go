package layout_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
)

// A portal is declared in a file, an administrator arranges it for partners, and
// a partner's habits do the rest.
func Example() {
	ctx := context.Background()
	site, err := layout.Load(strings.NewReader(`{
	  "menus": [{"name": "main", "items": [
	    {"id": "home",    "label": {"texts": {"en": "Home"}},      "address": "/",          "audience": ["public"], "pinned": true},
	    {"id": "help",    "label": {"texts": {"en": "Help"}},      "address": "/articles",  "audience": ["public"]},
	    {"id": "forum",   "label": {"texts": {"en": "Community"}}, "address": "/community", "audience": ["public"]},
	    {"id": "cases",   "label": {"texts": {"en": "Cases"}},     "address": "/cases",     "audience": ["signed-in"]},
	    {"id": "partner", "label": {"texts": {"en": "Partners"}},  "address": "/partners",  "audience": ["partner"]}
	  ]}],
	  "pages": [{"name": "home", "slots": [{"name": "aside", "offers": 1}]}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	store := memlayout.New()
	arranger, err := layout.NewArranger(*site, store, &layout.Options{Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	admin := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	partners := layout.Match{Any: []string{"partner"}}
	if _, err := arranger.SaveRule(ctx, admin, layout.Rule{
		ID: "partners-first", Do: layout.ActionPromote, Ref: "partner", For: partners, Reason: map[string]string{"en": "for partners"},
	}); err != nil {
		fmt.Println(err)
	}
	if _, err := arranger.SavePromotion(ctx, admin, layout.Promotion{
		ID: "training", Slot: "home/aside", Title: map[string]string{"en": "Certified in a day"}, Audience: profile.Public(), For: partners, PerPerson: 5,
	}); err != nil {
		fmt.Println(err)
	}

	// Sverre looks after cases all day.
	sverre := profile.Actor{ID: "sverre", Segments: []string{"partner"}}
	for range 8 {
		arranger.Opened(ctx, sverre, "/cases")
	}
	if err := arranger.Flush(ctx); err != nil {
		fmt.Println(err)
	}
	now = now.AddDate(0, 0, 1)

	catalog, err := i18n.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	show := func(title string, by profile.Actor, visit layout.Visit) {
		l := arranger.Arrange(ctx, by, visit, "home")
		fmt.Println(title)
		for _, link := range l.Menus["main"] {
			why := ""
			switch {
			case link.Reason.Key == layout.ReasonUse:
				why = "(often used)"
			case link.Reason.Moved():
				why = "(" + link.Reason.In(catalog, "en") + ")"
			}
			fmt.Println(strings.TrimSpace("  " + link.Label.In(catalog, "en") + " " + why))
		}
		for _, offer := range l.Shown["aside"] {
			fmt.Println("offer:", offer.TitleIn(catalog, "en"))
		}
	}
	visit := layout.Visit{ID: "visit-1"}
	show("a visitor", profile.Actor{}, layout.Visit{ID: "visit-2"})
	show("sverre", sverre, visit)
	if err := arranger.Reset(ctx, sverre); err != nil {
		fmt.Println(err)
	}
	show("sverre, after he reset it", sverre, visit)

	// Output:
	// a visitor
	// Home
	// Help
	// Community
	// sverre
	// Home
	// Partners (for partners)
	// Cases (often used)
	// Help
	// Community
	// offer: Certified in a day
	// sverre, after he reset it
	// Home
	// Partners (for partners)
	// Help
	// Community
	// Cases
	// offer: Certified in a day
}

// A theme whose letters are too pale says so, and which colour would do.
func ExampleTheme_Check() {
	pale, err := layout.ParseColour("#9a9a9a")
	if err != nil {
		fmt.Println(err)
	}
	err = layout.Theme{Light: layout.Palette{"quiet": pale}}.Check()
	fmt.Println(strings.Contains(err.Error(), "theme.light.quiet"), strings.Contains(err.Error(), "#9a9a9a"))
	// Output: true true
}
