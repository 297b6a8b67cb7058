using System.Globalization;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Backup;

/// <summary>
/// <c>POST /ingest/v1/backup</c>: the files of the node as a tar stream, for tokens with scope admin of the project that may have what all projects have.
/// Thread safe.
/// </summary>
internal sealed partial class BackupEndpoint(
    BackupSource source, ProjectDirectory projects, IngestOptions options, IHostApplicationLifetime lifetime, TimeProvider clock,
    ILogger<BackupEndpoint> logger)
{
    public const string Path = "/ingest/v1/backup";
    public const string ContentType = "application/x-tar";

    public async Task HandleAsync(HttpContext context)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        long began = clock.GetTimestamp();
        long pcode = context.User.Pcode();
        if (!MayCopy(pcode))
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status403Forbidden,
                "A backup has the samples of all projects: it needs the server's own token, in the file self-token of its storage directory, or one with scope "
                    + "admin of the project that Ingest:BackupPcode names.");
            return;
        }

        context.Response.ContentType = ContentType;
        LogBegin(pcode);
        try
        {
            await context.Response.StartAsync(ended.Token);
            (int files, long bytes) = await source.WriteAsync(context.Response.Body, ended.Token);
            LogEnd(files, bytes, clock.GetElapsedTime(began).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            LogLeft(lifetime.ApplicationStopping.IsCancellationRequested ? "this host stops" : "its reader left");
            context.Abort();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The response has begun: only its end can tell that it is not complete.
            LogFailed(fault, fault.Message);
            context.Abort();
        }
    }

    // Projects don't see each other.
    private bool MayCopy(long pcode) => pcode == projects.OwnPcode || pcode == options.BackupPcode || projects.All.All(
        project => project.Pcode == pcode || project.Pcode == projects.OwnPcode);

    [LoggerMessage(2050, LogLevel.Information, "A backup begins, with a token of project {Pcode}.")]
    private partial void LogBegin(long pcode);

    [LoggerMessage(2051, LogLevel.Information, "The backup was read to its end: {Files} files, {Bytes:N0} bytes, {Seconds} s.")]
    private partial void LogEnd(int files, long bytes, string seconds);

    [LoggerMessage(2052, LogLevel.Warning, "The backup ended early since {Reason}. What was read of it is not complete.")]
    private partial void LogLeft(string reason);

    [LoggerMessage(2053, LogLevel.Error, "The backup failed, and what was read of it is not complete: {Reason}")]
    private partial void LogFailed(Exception fault, string reason);
}
