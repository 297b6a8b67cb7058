using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Running;
using TimeSeries.Server.Client;

namespace TimeSeries.Server.Backup;

/// <summary>The command that copies a running server into a new directory: <c>backup &lt;url&gt; &lt;target&gt;</c>.</summary>
internal static class BackupCommand
{
    private const string Endpoint = "ingest/v1/backup";
    private const int Failed = 1;

    // The server's own, or that of the only project of a server that does not watch itself.
    private static readonly string[] _tokenNames = ["self-token", "token"];

    public static string[] Keys { get; } = [nameof(ClientOptions.Url), nameof(ClientOptions.Target)];

    public static HostCommand Command { get; } = new(
        "backup", "Copies a running server into a new directory (backup <url> <target>); needs a token with scope admin", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        ClientOptions options = services.GetRequiredService<ClientOptions>();
        if (options.Target.Length == 0)
        {
            throw new StartRefusedException("There is no directory to write into: write backup <url> <target>.");
        }

        TimeProvider clock = services.GetRequiredService<TimeProvider>();
        long began = clock.GetTimestamp();
        using ServerConnection server = ServerConnection.Open(services, _tokenNames);
        BackupReceiver receiver = new(services.GetRequiredService<IFileSystem>(), Path.GetFullPath(options.Target));
        receiver.CheckIsNew();
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, Endpoint);
            using HttpResponseMessage response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new StartRefusedException($"The server refused the backup: {await ServerConnection.ReasonOfAsync(response, cancellationToken)}");
            }

            await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            (int files, long bytes) = await receiver.ReceiveAsync(stream, cancellationToken);
            await services.GetRequiredService<Terminal>().Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{receiver.Target} has the backup: {files} files, {bytes:N0} bytes, {clock.GetElapsedTime(began).TotalSeconds:F1} s. "
                    + $"A start with --Storage:Directory={receiver.Target} restores it."));
            return 0;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or HttpRequestException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(
                $"The backup failed: {fault.Message}{(receiver.HasBegun ? $" No server starts on {receiver.Target}; delete it and try again." : "")}");
            return Failed;
        }
    }
}
