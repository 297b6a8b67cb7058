namespace TimeSeries.Core.Model.Ports;

/// <summary>The store gave no complete response to a query. Nothing of what it gave may be used; the same query may succeed later.</summary>
/// <param name="reason">Why, in one word.</param>
/// <param name="message">A sentence for the log.</param>
/// <param name="inner">The exception behind it.</param>
public abstract class StoreUnavailableException(string reason, string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>Why, in one word of a small fixed set.</summary>
    public string Reason => reason;
}
