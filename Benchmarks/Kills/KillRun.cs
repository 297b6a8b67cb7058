namespace TimeSeries.Benchmarks.Kills;

/// <summary>
/// Starts a server, pushes over every protocol at the same time, kills it, and starts it again on what it left; compares each time what it has with what was
/// pushed since the last time, and now and then with all that was pushed.
/// </summary>
internal sealed class KillRun(KillOptions options)
{
    // A start takes half a second, so that these kills meet it anywhere.
    private const int LongestStartMilliseconds = 700;

    // One kill of so many comes while the server starts.
    private const int StartKills = 4;

    // Bounds what one directory holds, and so the time of a round.
    private const int RoundsPerDirectory = 500;
    private const int RoundsPerFullCheck = 50;
    private const int MostPushesPerRound = 40;
    private const int PausePercent = 10;

    // Under strace, beside other programs.
    private static readonly TimeSpan _longestSlowStart = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(options.Seed);
    private readonly KillReport _report = new();
    private readonly List<TrackedPush> _pushes = [];
    private PushClient[] _clients = [];
    private string _folder = "";
    private int _firstRound;
    private int _firstTouched = int.MaxValue;

    /// <summary>Runs it. A difference ends it, and the directory stays.</summary>
    public async Task<KillReport> RunAsync(CancellationToken cancellationToken)
    {
        for (int first = 0; first < options.Rounds && _report.Difference is null; first += RoundsPerDirectory)
        {
            _folder = Directory.CreateTempSubdirectory("timeseries-kill-").FullName;
            _firstRound = first;
            _pushes.Clear();
            _clients = [.. Enum.GetValues<PushProtocol>().Select(protocol => new PushClient(protocol, options.Seed + first))];
            int end = Math.Min(options.Rounds, first + RoundsPerDirectory);
            for (int round = first; round < end && _report.Difference is null; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await RunRoundAsync(round);
            }

            await FinishAsync(end);
            Count();
            if (_report.Difference is null)
            {
                Directory.Delete(_folder, recursive: true);
            }
            else
            {
                _report.Difference += $"\nSeed {options.Seed}; the directory is {_folder}.";
            }
        }

        return _report;
    }

    private async Task RunRoundAsync(int round)
    {
        bool meetsStart = _random.Next(StartKills) == 0;
        TimeSpan startDelay = TimeSpan.FromMilliseconds(_random.Next(LongestStartMilliseconds));
        TimeSpan pushDelay = options.LongestPush * _random.NextDouble();
        bool isIdle = _random.Next(100) < PausePercent;
        if (_random.Next(100) < options.FaultPercent)
        {
            await RunFaultyAsync(round, CallFault.Draw(_random), _longestSlowStart);
            return;
        }

        using KilledServer server = KilledServer.Start(options.Program, _folder);
        using HttpClient http = PushClient.Connect();
        if (meetsStart && await Task.WhenAny(server.Listening, Task.Delay(startDelay)) != server.Listening)
        {
            server.Kill();
            _report.WhileStarting++;
            return;
        }

        if (!await ListensAsync(server))
        {
            return;
        }

        await CheckAsync(server, http, round);
        if (_report.Difference is not null)
        {
            return;
        }

        Task pushing = Task.WhenAll(_clients.Select(client => PushAsync(client, http, server, round)));
        await (isIdle ? pushing : Task.Delay(pushDelay));
        server.Kill();
        await pushing;
        CountKill(round);
    }

    // Whatever the server makes of it, what it acknowledges meanwhile must be there when it starts again on a disk that works.
    private async Task RunFaultyAsync(int round, CallFault fault, TimeSpan length)
    {
        string trace = Path.Combine(_folder, "failed");
        using (KilledServer server = KilledServer.Start(options.Program, _folder, fault.Arguments(trace)))
        {
            using HttpClient http = PushClient.Connect();
            using CancellationTokenSource end = new(length);
            try
            {
                await server.Listening.WaitAsync(end.Token);
                Task pushing = Task.WhenAll(_clients.Select(client => PushAsync(client, http, server, round)));
                await Task.WhenAny(pushing, Task.Delay(options.LongestPush * 2));
                server.Kill();
                await pushing;
                CountKill(round);
            }
            catch (Exception ended) when (ended is InvalidOperationException or OperationCanceledException)
            {
                _report.FailedStarts++;
            }
        }

        (int rounds, int calls) = _report.Faults.GetValueOrDefault(fault.ToString());
        _report.Faults[fault.ToString()] = (rounds + 1, calls + CallFault.Count(trace));
    }

    // Whether it started; that it did not is the difference.
    private async Task<bool> ListensAsync(KilledServer server)
    {
        try
        {
            await server.Listening.WaitAsync(TimeSpan.FromSeconds(60));
            return true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException)
        {
            _report.Difference = $"The server did not start:\n{server.Output}";
            return false;
        }
    }

    private async Task PushAsync(PushClient client, HttpClient http, KilledServer server, int round)
    {
        // Off the caller's thread, as the making of bodies takes time too.
        await Task.Yield();
        await client.RunAsync(http, server, round, MostPushesPerRound, push =>
        {
            lock (_pushes)
            {
                _pushes.Add(push);
            }
        });
    }

    private void CountKill(int round)
    {
        TrackedPush[] open = [.. _clients.SelectMany(client => client.Unanswered)];
        _report.UnderPushes += open.Length > 0 ? 1 : 0;
        _report.Idle += open.Length > 0 ? 0 : 1;
        _report.WithinSeals += Directory.EnumerateFiles(_folder, "*.tmp", SearchOption.AllDirectories).Any() ? 1 : 0;
        _firstTouched = Math.Min(_firstTouched, open.Select(push => push.Round).Append(round).Min());
        _report.Difference ??= _clients.Select(client => client.Fault).FirstOrDefault(fault => fault is not null);
    }

    private async Task CheckAsync(KilledServer server, HttpClient http, int round)
    {
        bool isFull = round % RoundsPerFullCheck == 0;
        int first = isFull ? _firstRound : Math.Min(_firstTouched, round);
        StoredPushes stored = new(http, server.Address, Path.Combine(_folder, "data"));
        _report.Checks++;
        _report.Difference ??= await stored.FindDifferenceAsync(_pushes.Where(push => push.Round >= first), first, round);
        _firstTouched = _clients.SelectMany(client => client.Unanswered).Select(push => push.Round).Append(round).Min();
    }

    // The last start: what had no response is sent again, so that in the end all is acknowledged and all is there.
    private async Task FinishAsync(int round)
    {
        if (_report.Difference is not null)
        {
            return;
        }

        using KilledServer server = KilledServer.Start(options.Program, _folder);
        using HttpClient http = PushClient.Connect();
        if (!await ListensAsync(server))
        {
            return;
        }

        await Task.WhenAll(_clients.Select(client => client.RunAsync(http, server, round, 0, _ => { })));
        _report.Difference ??= _clients.Select(client => client.Fault).FirstOrDefault(fault => fault is not null);
        _report.Difference ??= _pushes.Find(push => !push.IsAcknowledged) is { } push ? $"{push.Service} was never acknowledged." : null;
        for (int first = _firstRound; first <= round && _report.Difference is null; first += RoundsPerFullCheck)
        {
            int last = Math.Min(round, first + RoundsPerFullCheck - 1);
            _report.Checks++;
            _report.Difference = await new StoredPushes(http, server.Address, Path.Combine(_folder, "data"))
                .FindDifferenceAsync(_pushes.Where(push => push.Round >= first && push.Round <= last), first, last);
        }
    }

    private void Count()
    {
        _report.Pushes += _pushes.Count;
        _report.Acknowledged += _pushes.Count(push => push.IsAcknowledged);
        _report.Resent += _pushes.Sum(push => Math.Max(0, push.Sent - 1));
        _report.ToldDuplicates += _clients.Sum(client => client.ToldDuplicates);
        _report.Refused += _clients.Sum(client => client.Refused);
        string blocks = Path.Combine(_folder, "data", "blocks");
        _report.Blocks += Directory.Exists(blocks) ? Directory.GetFiles(blocks).Length : 0;
    }
}
