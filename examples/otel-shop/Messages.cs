namespace OtelShop;

/// <summary>What the shop logs.</summary>
internal static partial class Messages
{
    [LoggerMessage(1, LogLevel.Error, "Refund {Id} failed.")]
    public static partial void RefundFailed(ILogger logger, Exception exception, int id);

    [LoggerMessage(2, LogLevel.Warning, "The supplier can't be reached.")]
    public static partial void SupplierGone(ILogger logger, Exception exception);
}
