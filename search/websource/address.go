package websource

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/valid"
)

// longestAddress is how long an address may be, in bytes.
const longestAddress = 1000

// tracking are parameters that name a visit and not a page.
var tracking = []string{"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid"}

// address returns the one way to write the address of a page, and whether it is
// one that may be asked for.
func address(base *url.URL, href string) (*url.URL, bool) {
	href = strings.TrimSpace(href)
	if len(href) > longestAddress {
		return nil, false
	}
	u, err := url.Parse(href)
	if err != nil {
		return nil, false
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	u.RawQuery = pageQuery(u.RawQuery)
	u.ForceQuery = false
	plain, err := valid.SafeURL(u.String())
	if err != nil || len(plain) > longestAddress || u.Host == "" {
		return nil, false
	}
	u, err = url.Parse(plain)
	return u, err == nil && !winding(u.Path)
}

// pageQuery leaves out of a query what names no page.
func pageQuery(query string) string {
	if query == "" {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool {
		name, _, _ := strings.Cut(strings.ToLower(part), "=")
		return part == "" || strings.HasPrefix(name, "utm_") || slices.Contains(tracking, name)
	})
	return strings.Join(parts, "&")
}

// winding reports whether a path goes in circles, as those that are relative by
// mistake do: /a/b/a/b/a/b.
func winding(p string) bool {
	parts := strings.Split(p, "/")
	if len(parts) > 40 {
		return true
	}
	seen := map[string]int{}
	for _, part := range parts {
		if part != "" {
			seen[part]++
		}
		if seen[part] > 3 {
			return true
		}
	}
	return false
}

// A scope is which addresses belong to a site: those of some hosts whose paths
// begin as one of some does.
type scope []*url.URL

// within reports whether an address belongs to the site. Whether it is reached by
// http or https does not matter.
func (s scope) within(u *url.URL) bool {
	return slices.ContainsFunc(s, func(p *url.URL) bool {
		return strings.EqualFold(p.Host, u.Host) && (strings.HasPrefix(u.EscapedPath(), p.EscapedPath()) || u.EscapedPath()+"/" == p.EscapedPath())
	})
}

// host reports whether a host is one of the site's.
func (s scope) host(u *url.URL) bool {
	return slices.ContainsFunc(s, func(p *url.URL) bool { return strings.EqualFold(p.Host, u.Host) })
}

// scopeOf returns what is below the starts: of a sitemap all of its host, of a
// page what is in its folder.
func scopeOf(starts []*url.URL) scope {
	var s scope
	for _, u := range starts {
		below := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
		if !mapAddress(u) {
			below.Path = folderOf(u.Path)
		}
		s = append(s, below)
	}
	return s
}

// folderOf returns the folder that a page is, or is in if its name has an ending.
func folderOf(p string) string {
	if strings.Contains(path.Base(p), ".") {
		p = path.Dir(p)
	}
	return strings.TrimSuffix(p, "/") + "/"
}

// mapAddress reports whether an address looks like that of a sitemap.
func mapAddress(u *url.URL) bool {
	p := strings.TrimSuffix(strings.ToLower(u.Path), ".gz")
	return strings.HasSuffix(p, ".xml")
}
