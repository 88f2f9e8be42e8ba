package hours_test

import (
	"fmt"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/hours"
)

func Example_readme() {
	desk, err := hours.Read([]byte(`{"zone": "Europe/Berlin", "week": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "wed": ["22:00-30:00"]},
		"days": [{"date": "12-25", "names": {"en": "Christmas Day"}}]}`))
	asked := time.Date(2026, time.October, 26, 15, 30, 0, 0, time.UTC)           // Monday, 16:30 in Berlin
	waited := hours.Wait{From: asked, To: asked.Add(15 * time.Minute)}           // for the customer
	due, _ := desk.Add(asked, 4*time.Hour, waited)                               // four hours in which somebody worked
	fmt.Println(desk.Open(asked), due, desk.Between(asked, due, waited), err)    // in UTC
	p := func(c *i18n.Catalog, err error) *i18n.Printer { return c.In("en-GB") } // the reader's language; InZone has their zone
	fmt.Println(desk.Text(p(i18n.New(nil)).InZone(desk.Zone()), asked))
	// Output:
	// true 2026-10-27 11:45:00 +0000 UTC 4h0m0s <nil>
	// Mon–Tue 09:00–17:00, Wed 22:00–06:00 CET
}
