package analytics_test

import (
	"context"
	"testing"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/memanalytics"
)

// sink is a store that does nothing, so that only recording is measured.
type sink struct{ *memanalytics.Store }

func (sink) Append(context.Context, []analytics.Event) error { return nil }

func viewed() analytics.Event {
	return analytics.Event{
		Name: "article.viewed", User: "ann", Account: "acme", Subject: "article/reset-hub", Search: "01hqx8",
		Text: "how do I reset my hub", Rank: 3, Hits: 20, Locale: "en", Props: map[string]string{"version": "4"},
	}
}

func request() context.Context {
	return analytics.NewContext(context.Background(), analytics.Event{
		Visitor: "0123456789abcdef", Session: "fedcba9876543210", Path: "/en/articles/reset-hub",
		Referrer: "https://www.example.com", Device: "desktop", Channel: "web",
	})
}

func BenchmarkRecord(b *testing.B) {
	l := analytics.NewLedger(sink{}, &analytics.Options{Size: 1 << 30, Batch: 1 << 30})
	ctx, e := request(), viewed()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		l.Record(ctx, e)
		if n++; n%10_000 == 0 {
			b.StopTimer()
			_ = l.Flush(ctx)
			b.StartTimer()
		}
	}
	if s := l.Stats(); s.Dropped[analytics.DropFull] > 0 {
		b.Fatal(s)
	}
}

func BenchmarkRecordParallel(b *testing.B) {
	l := analytics.NewLedger(sink{}, nil)
	ctx, cancel := context.WithCancel(request())
	defer cancel()
	go l.Run(ctx)
	e := viewed()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			l.Record(ctx, e)
		}
	})
}

func BenchmarkDeviceOf(b *testing.B) {
	const ua = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
	for b.Loop() {
		if analytics.DeviceOf(ua) != analytics.DeviceDesktop {
			b.Fatal("not a desktop")
		}
	}
}
