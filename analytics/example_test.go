package analytics_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
)

func Example() {
	store := memanalytics.New()
	ledger := analytics.NewLedger(store, nil)
	visits := analytics.NewVisits(nil)

	ctx, stop := context.WithCancel(context.Background())
	running := make(chan error, 1)
	go func() { running <- ledger.Run(ctx) }() // writes once a second

	article := visits.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ledger.Record(r.Context(), analytics.Event{Name: "article.viewed", Subject: "article" + r.URL.Path})
	}))
	for _, path := range []string{"/reset-hub", "/battery", "/reset-hub"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
		article.ServeHTTP(httptest.NewRecorder(), r)
	}

	stop() // after the server has stopped
	if err := <-running; err != nil {
		fmt.Println(err)
	}
	most, err := ledger.Top(context.Background(), analytics.TopQuery{
		Name: "article.viewed", Kind: "article", From: time.Now().AddDate(0, 0, -30), Limit: 10,
	})
	if err != nil {
		fmt.Println(err)
	}
	for _, c := range most {
		fmt.Println(c.Subject, c.N)
	}
	sessions := map[string]bool{}
	for e, err := range store.Scan(context.Background(), analytics.Range{}) {
		if err != nil {
			fmt.Println(err)
		}
		sessions[e.Session] = true
	}
	fmt.Println(len(sessions), "visit")

	// Output:
	// article/reset-hub 2
	// article/battery 1
	// 1 visit
}
