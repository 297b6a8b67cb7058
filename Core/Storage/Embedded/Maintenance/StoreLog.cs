using Microsoft.Extensions.Logging;

namespace TimeSeries.Core.Storage.Embedded.Maintenance;

/// <summary>What the store tells the operator.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(201, LogLevel.Error, "Sealing failed and is tried again in {Seconds} s.")]
    public static partial void SealFailed(ILogger logger, double seconds, Exception failure);

    [LoggerMessage(202, LogLevel.Information, "Sealing works again.")]
    public static partial void SealWorksAgain(ILogger logger);

    [LoggerMessage(203, LogLevel.Error, "Compaction or retention failed and is tried again later.")]
    public static partial void TendingFailed(ILogger logger, Exception failure);

    [LoggerMessage(204, LogLevel.Error, "The block {Path} is damaged at offset {Offset}: {Reason}. It is left out of compaction; queries that need it fail.")]
    public static partial void Damaged(ILogger logger, string path, long offset, string reason);
}
