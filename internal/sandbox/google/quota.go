package google

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// Quotas that can be set. The counts have their documented values without that; the rates are without limit, as a test that
// goes faster than a person must not be slowed down unasked.
const (
	quotaAccounts   = "google.serviceAccountsPerProject"
	quotaKeys       = "google.keysPerServiceAccount"
	quotaPrincipals = "google.principalsPerPolicy"
	quotaGroups     = "google.groupsPerPolicy"
	quotaVariants   = "google.conditionsPerRoleAndPrincipal"

	ratePoolReads   = "google.iam.pools.readsPerMinute"
	ratePoolWrites  = "google.iam.pools.writesPerMinute"
	rateReads       = "google.iam.readsPerMinute"
	rateWrites      = "google.iam.writesPerMinute"
	rateCredentials = "google.iamcredentials.perMinute"
	rateExchange    = "google.sts.perMinute"
)

// QuotaNames lists the quotas and rates that can be set.
func QuotaNames() []string {
	return []string{
		quotaVariants, quotaGroups, quotaKeys, quotaPrincipals, quotaAccounts,
		ratePoolReads, ratePoolWrites, rateReads, rateWrites, rateCredentials, rateExchange,
	}
}

func (q *call) quota(name string, usual int) int { return q.cloud.world.Quota(name, usual) }

// rate is the quota that a call counts against, and its name in messages; both are empty for calls that none counts.
func (rt *route) rate() (knob, metric string) {
	reads := rt.method == http.MethodGet || !rt.write
	switch {
	case rt.id == "sts.token":
		return rateExchange, "token_exchange_requests"
	case rt.service == iamCredentials:
		return rateCredentials, "generate_credential_requests"
	case rt.service != iam:
		return "", ""
	case strings.Contains(rt.id, "workloadIdentityPool") && reads:
		return ratePoolReads, "workload_identity_read_requests"
	case strings.Contains(rt.id, "workloadIdentityPool"):
		return ratePoolWrites, "workload_identity_write_requests"
	case reads:
		return rateReads, "read_requests"
	}
	return rateWrites, "write_requests"
}

// throttle refuses a call over the rate that was set for its kind, counted per project and minute.
func (q *call) throttle() error {
	knob, metric := q.route.rate()
	consumer := ""
	if q.project != nil {
		consumer = q.project.Number
	}
	if knob == "" || q.cloud.world.Within(knob, consumer, time.Minute, q.now) {
		return nil
	}
	service := q.route.service
	full := service + "/" + metric
	per := strings.ReplaceAll(metric, "_", " ") + " per minute"
	return failure(http.StatusTooManyRequests, "RESOURCE_EXHAUSTED",
		"Quota exceeded for quota metric '%s' and limit '%s' of service '%s' for consumer 'project_number:%s'.", full, per, service, consumer).
		With(wire.ErrorInfo("RATE_LIMIT_EXCEEDED", "googleapis.com", map[string]string{
			"service": service, "consumer": "projects/" + consumer, "quota_metric": full, "quota_limit": per, "quota_location": "global",
			"quota_limit_value": strconv.Itoa(q.quota(knob, 0)),
		}))
}
