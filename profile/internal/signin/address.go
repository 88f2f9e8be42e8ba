package signin

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
)

// Private reports whether nobody on the way reads or changes what goes to an
// address: by https, or not leaving the machine.
func Private(u *url.URL) bool {
	if u.Host == "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// GoTo answers with another address to go to, as it is: http.Redirect would take
// a path for one below the prefix that the handler is mounted under.
func GoTo(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}

// Leave sends the browser to another site. It is no redirect: after a form, the
// form-action of a Content-Security-Policy would keep the browser here.
func Leave(w http.ResponseWriter, address string) {
	u, _ := url.Parse(address)
	w.Header().Set("Refresh", "0; url="+address)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html lang=\"zxx\"><title>%[2]s</title><p><a href=\"%[1]s\">%[2]s</a></p></html>\n",
		html.EscapeString(address), html.EscapeString(u.Host))
}
