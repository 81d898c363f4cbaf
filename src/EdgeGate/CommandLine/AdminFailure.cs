namespace EdgeGate.CommandLine;

/// <summary>Why a running daemon could not be asked, or did not do what was asked, and what to do about it.</summary>
internal sealed class AdminFailure(string message, Exception? inner = null) : Exception(message, inner);
