package web

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
)

type clientIPKey struct{}

// maxForwarded caps how many X-Forwarded-For entries are walked.
const maxForwarded = 32

// ClientIP notes the address that a request came from. X-Forwarded-For counts
// only as far as it was written by peers inside trusted: it is read from the
// right, and the first address that is not a trusted proxy is the client. Nil
// trusts nobody, and the client is whoever holds the connection.
func ClientIP(trusted []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			addr := forwarded(r, trusted)
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientIPKey{}, addr)))
		})
	}
}

// ClientIPFrom returns the address that ClientIP found, else the connection's,
// else the zero Addr.
func ClientIPFrom(r *http.Request) netip.Addr {
	if addr, ok := r.Context().Value(clientIPKey{}).(netip.Addr); ok {
		return addr
	}
	return peer(r)
}

// FromProxy reports whether a request was sent by a peer inside trusted, whose
// word on the client may be taken. Nil trusts nobody.
func FromProxy(r *http.Request, trusted []netip.Prefix) bool { return contains(trusted, peer(r)) }

// LimitKey returns what limits count an address by: IPv4 addresses one by one,
// IPv6 by /64, which is the least that one subscriber has.
func LimitKey(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

func forwarded(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr := peer(r)
	rest := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	for range maxForwarded {
		if rest == "" || !contains(trusted, addr) {
			break
		}
		i := strings.LastIndexByte(rest, ',')
		next, err := netip.ParseAddr(strings.TrimSpace(rest[i+1:]))
		if err != nil {
			break // what a proxy cannot have written ends what is believed
		}
		addr, rest = next.Unmap().WithZone(""), rest[:max(i, 0)]
	}
	return addr
}

// peer returns the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
