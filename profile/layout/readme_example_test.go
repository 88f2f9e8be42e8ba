package layout_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
)

func Example_readme() {
	name := func(s string) layout.Label { return layout.Label{Texts: map[string]string{"en": s}} }
	site := layout.Site{Menus: []layout.Menu{{Name: "main", Items: []layout.Item{
		{ID: "help", Label: name("Help"), Address: "/articles", Audience: profile.Public(), Pinned: true},
		{ID: "prices", Label: name("Prices"), Address: "/prices", Audience: profile.NewAudience("partner")},
		{ID: "cases", Label: name("My cases"), Address: "/cases", Audience: profile.NewAudience("signed-in")},
	}}}}
	arranger, err := layout.NewArranger(site, memlayout.New(), nil) // refuses a site with mistakes
	by, visit := profile.Actor{ID: "sverre", Segments: []string{"partner"}}, layout.Visit{ID: "v1"}
	for _, link := range arranger.Arrange(context.Background(), by, visit, "home").Menus["main"] {
		fmt.Println(link.Address, link.Reason.Moved())
	}
	fmt.Println(len(arranger.Arrange(context.Background(), profile.Actor{}, visit, "home").Menus["main"]), err)
	// Output:
	// /articles false
	// /prices false
	// /cases false
	// 1 <nil>
}
