using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Ui.SignIn;

/// <summary>While nobody ever signed in, a start prints a link that signs in once: on the terminal and not in the log, which others may read.</summary>
internal sealed class FirstLink(SessionDirectory directory, OneTimeCode code, IServer server, IHostApplicationLifetime lifetime, Terminal terminal)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Print()
    {
        if (terminal.IsInteractive && !directory.HasSignedIn)
        {
            string address = Listener.LocalAddress(server);
            terminal.Out.WriteLine(
                $"\nLook at it (the link signs in once, within ten minutes; later a token does):\n\n  {address}/welcome?code={code.Make()}\n");
        }
    }
}
