package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveLinks(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}/backlinks", Name: "kb.backlinks", Summary: "Lists the texts and blocks that lead to an article, of those that the caller sees at the desk.",
		Policy: string(profile.PermissionContentWrite), Params: backlinksParams{}, Out: backlinksWire{},
	}, l.serveBacklinks)
}

type backlinksParams struct {
	After string `query:"after" doc:"token of the page before"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

type backlinksWire struct {
	Texts  []backlinkWire `json:"texts"`
	Blocks []string       `json:"blocks" doc:"names of blocks"`
	Next   string         `json:"next,omitempty" doc:"token of the next page of texts"`
}

type backlinkWire struct {
	Article string `json:"article"`
	Locale  string `json:"locale"`
	Title   string `json:"title"`
	Live    bool   `json:"live" doc:"readers are shown a text that leads there"`
}

func (l *Library) serveBacklinks(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	p, err := web.Query[backlinksParams](r)
	if err != nil {
		return err
	}
	links, err := l.Backlinks(r.Context(), profile.FromContext(r.Context()), id, p.After, p.Limit)
	if err != nil {
		return err
	}
	out := backlinksWire{Texts: make([]backlinkWire, 0, len(links.Texts)), Blocks: list(links.Blocks), Next: links.Next}
	for _, t := range links.Texts {
		out.Texts = append(out.Texts, backlinkWire(t))
	}
	return web.JSON(w, r, http.StatusOK, out)
}
