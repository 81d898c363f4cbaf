namespace EdgeGate.Http.Policies.Access;

/// <summary>What became of checking a password.</summary>
internal enum PasswordVerdict
{
    /// <summary>It is wrong, or there is no such user.</summary>
    Wrong,

    /// <summary>It is the user's.</summary>
    Right,

    /// <summary>Too many wait to be checked.</summary>
    Busy,
}
