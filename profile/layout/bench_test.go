package layout_test

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// big is a portal with 50 items, 30 rules and a person of 50 segments.
func big(b *testing.B) (*world, profile.Actor, layout.Visit) {
	by := profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}
	for i := range 50 {
		by.Segments = append(by.Segments, "segment-"+strconv.Itoa(i))
	}
	items := numbered(50)
	for i := range items {
		switch i % 5 {
		case 1:
			items[i].Audience = profile.NewAudience("segment-"+strconv.Itoa(i), "staff")
		case 2:
			items[i].For = []string{"segment-" + strconv.Itoa(i)}
		case 3:
			items[i].Audience = profile.NewAudience("staff")
		}
	}
	w := newWorld(b, siteOf(items...))
	for i := range 30 {
		w.rule(b, layout.Rule{ID: "r" + strconv.Itoa(i), Do: layout.ActionPromote, Ref: "i" + strconv.Itoa(i), For: layout.Match{Any: []string{"segment-" + strconv.Itoa(i)}}})
	}
	counts := map[string]int{}
	for i := range 20 {
		counts["i"+strconv.Itoa(i)] = i
	}
	w.used(b, by, counts)
	w.opts.RulesFor = 1 << 40
	w.Arranger = w.instance(b)
	return w, by, w.visit()
}

// BenchmarkArrange is a page of a visit that has begun.
func BenchmarkArrange(b *testing.B) {
	w, by, v := big(b)
	ctx := context.Background()
	w.Arrange(ctx, by, v, "home")
	b.ReportAllocs()
	for b.Loop() {
		w.Arrange(ctx, by, v, "home")
	}
}

// BenchmarkArrangeFresh is the first page of a visit, whose facts are known:
// every page has a name of its own.
func BenchmarkArrangeFresh(b *testing.B) {
	w, by, v := big(b)
	ctx := context.Background()
	w.Arrange(ctx, by, v, "home")
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		w.Arrange(ctx, by, v, strconv.Itoa(i))
	}
}

// BenchmarkArrangeFirst is the first page of a visit of a person, from a store
// in memory.
func BenchmarkArrangeFirst(b *testing.B) {
	w, by, v := big(b)
	ctx := context.Background()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		by.ID, v.ID = "p"+strconv.Itoa(i), strconv.Itoa(i)
		w.Arrange(ctx, by, v, "home")
	}
}

// BenchmarkFloor is what a page pays that shows everybody the same: a copy.
func BenchmarkFloor(b *testing.B) {
	items := numbered(50)
	b.ReportAllocs()
	for b.Loop() {
		_ = slices.Clone(items)
	}
}

// BenchmarkFloorSight is what it costs to know what an actor of 50 segments may
// see, which every capability pays for each request.
func BenchmarkFloorSight(b *testing.B) {
	_, by, _ := big(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = by.Sight().Key()
	}
}
