package assets_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/memassets"
)

func Example_readme() {
	inventory, err := assets.NewInventory(assets.PortsOf(memassets.New()), &assets.Options{ // or the ports of your CRM
		Models: []assets.Model{{Product: "hub-2", Serial: `HB2-[0-9A-F]{4}`, Example: "HB2-88B1"}},
	})
	by, ctx := profile.Actor{ID: "sverre", Account: "nordkap"}, context.Background()
	hub, _ := inventory.Register(ctx, by, assets.Registration{Serial: "hb2 – 88b1", Site: "Tromsø"})
	fmt.Println(hub.Serial, hub.Product, hub.Confirmed, err)
	cover, _ := inventory.Covers(ctx, by, assets.Matter{Asset: hub.ID, Channel: "phone"})
	fmt.Println(len(cover.By), cover.Why)
	people := profile.Options{Owned: inventory.Facts()} // segments by what people own: "owned.product" is in hub-2
	_ = people
	// Output:
	// HB2-88B1 hub-2 false <nil>
	// 0 nothing
}
