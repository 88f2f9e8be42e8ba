package site

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// noticesPoll is how often the database is asked for whoever has a page open.
const noticesPoll = 2 * time.Second

// noticeStream tells an open page how many notices its reader has not read,
// whenever that changes.
func (s *Site) noticeStream(w http.ResponseWriter, r *http.Request) error {
	if visitOf(r.Context()).By.Anonymous() {
		return errs.Forbidden
	}
	return s.stream(w, r, s.tellUnread)
}

type unreadEvent struct {
	Count string `json:"count"` // empty if there are none
	Say   string `json:"say"`
}

// tellUnread begins with what the page shows: something may have happened since
// it was built. The count is made with the rights that the stream began with,
// which ends when these change.
func (s *Site) tellUnread(r *http.Request, stream *web.EventStream) {
	v, state := visitOf(r.Context()), ""
	shown := v.Query.Get("shown")
	for {
		var err error
		if state, err = s.notifier.Wait(r.Context(), v.By, state); err != nil {
			return
		}
		event, err := s.unreadEvent(r.Context(), v)
		if err != nil { // the database is away for a moment
			state = ""
			select {
			case <-r.Context().Done():
				return
			case <-time.After(noticesPoll):
			}
			continue
		}
		if event.Count == shown {
			continue
		}
		shown = event.Count
		data, err := json.Marshal(event)
		if err != nil || !stream.Send(web.Event{Name: "unread", Data: string(data)}) {
			return
		}
	}
}

func (s *Site) unreadEvent(ctx context.Context, v *visit) (unreadEvent, error) {
	n, more, err := s.notifier.Unread(ctx, v.By)
	if err != nil {
		return unreadEvent{}, err
	}
	return unreadEvent{Count: unreadText(v, n, more), Say: v.P.T("notices.unread", "n", n)}, nil
}
