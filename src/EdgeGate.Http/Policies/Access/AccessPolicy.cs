namespace EdgeGate.Http.Policies;

/// <summary>Who may use a route that names this policy.</summary>
public abstract record AccessPolicy;
