using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Health;

namespace TimeSeries.Ingest.Recovery;

/// <summary>
/// Tells when the disk of the storage directory is nearly full: in the log, behind the state at <c>/readyz</c>, and by an event a minute in the host's own
/// project, where there is one. Thread safe.
/// </summary>
internal sealed partial class DiskWatch(
    IFileSystem files, DataDirectory directory, StorageOptions options, HostEvents events, TimeProvider clock, ILogger<DiskWatch> logger,
    SelfProject? self = null) : BackgroundService, IReadinessNote
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _betweenEvents = TimeSpan.FromMinutes(1);

    private volatile string? _text;
    private long _freeBytes = -1;
    private long? _toldAt;

    /// <inheritdoc/>
    public string? Text => _text;

    /// <summary>Bytes that the disk had left at the last step; null when that can't be read.</summary>
    public long? FreeBytes => Volatile.Read(ref _freeBytes) is >= 0 and long free ? free : null;

    /// <summary>One step: looks how much room there is.</summary>
    internal void Check()
    {
        long free;
        try
        {
            free = files.FreeBytes(directory.Path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _text = "The free room of the disk can't be read.";
            Volatile.Write(ref _freeBytes, -1);
            return;
        }

        Volatile.Write(ref _freeBytes, free);
        bool isLow = free < options.LowDiskBytes;
        if (isLow && _text is null)
        {
            LogLow(directory.Path, free >> 20);
        }
        else if (!isLow && _text is not null)
        {
            LogEnough(directory.Path, free >> 20);
        }

        _text = isLow ? string.Create(CultureInfo.InvariantCulture, $"The disk has {free >> 20} MiB left.") : null;
        if (_text is not null && self is { IsEnabled: true } && (_toldAt is not { } told || clock.GetElapsedTime(told) >= _betweenEvents))
        {
            _toldAt = clock.GetTimestamp();
            events.Write(self.Pcode, "ALERT", "EU400", $"{_text} When it is full, pushes are refused (Storage:LowDiskBytes).");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            do
            {
                Check();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(2030, LogLevel.Warning, "The disk of {Path} has {Free} MiB left (Storage:LowDiskBytes). When it is full, pushes are refused.")]
    private partial void LogLow(string path, long free);

    [LoggerMessage(2031, LogLevel.Information, "The disk of {Path} has room again: {Free} MiB.")]
    private partial void LogEnough(string path, long free);
}
