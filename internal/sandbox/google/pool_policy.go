package google

func (q *call) getPoolPolicy() (any, error) {
	pool, err := q.pool("workloadIdentityPools.getIamPolicy")
	if err != nil {
		return nil, err
	}
	var in struct {
		Options struct{ RequestedPolicyVersion int }
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	return readPolicy(pool.Policy.Seen(q.now, q.lag), in.Options.RequestedPolicyVersion)
}

func (q *call) setPoolPolicy() (any, error) {
	pool, err := q.living("workloadIdentityPools.setIamPolicy")
	if err != nil {
		return nil, err
	}
	return q.writePolicy(&pool.Policy, "workloadIdentityPools")
}

func (q *call) testPool() (any, error) {
	if q.project == nil {
		return nil, entityNotFound()
	}
	pool := q.poolIn(q.project, q.vars["pool"])
	if pool == nil {
		return nil, entityNotFound()
	}
	return q.testPermissions("workloadIdentityPools", q.onPool(q.project, pool))
}

func (q *call) attestationRules() (any, error) {
	if _, err := q.pool("workloadIdentityPools.getAttestationRules"); err != nil {
		return nil, err
	}
	return struct{}{}, nil
}
