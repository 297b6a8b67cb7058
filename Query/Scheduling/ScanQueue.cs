namespace TimeSeries.Query.Scheduling;

/// <summary>
/// Who may scan next. Slots go to the project with the fewest scans running, then to the one whose last scan began longest ago, so that no project waits for
/// another's queue; the requests of one project take their turns in the order of their arrival. One slot more is kept for scans that rollups serve, which
/// are short. A project with too many bytes of results that nobody has taken yet waits until some are taken. Thread safe.
/// </summary>
/// <param name="slots">How many scans run at a time, without those that rollups serve.</param>
/// <param name="maxHeldBytes">Most bytes of results that are held; a project holds half. What is being computed comes on top.</param>
internal sealed class ScanQueue(int slots, long maxHeldBytes)
{
    // Guards everything below. Projects are those that tokens are configured for, so there are not many.
    private readonly Lock _gate = new();
    private readonly Dictionary<long, ProjectScans> _projects = [];
    private int _freeSlots = slots;
    private bool _isReserveFree = true;
    private long _heldBytes;
    private long _arrivals;
    private long _starts;

    /// <summary>Waits for a slot.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="usesRollups">Whether rollups serve the scan.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async ValueTask<ScanSlot> EnterAsync(long pcode, bool usesRollups, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            ProjectScans project = Of(pcode);
            waiter = new Waiter(project.WaitersOf(usesRollups), ++_arrivals);
            waiter.Node = waiter.Line.AddLast(waiter);
            Admit();
        }

        if (waiter.Task.IsCompleted)
        {
            return await waiter.Task;
        }

        using CancellationTokenRegistration left = cancellationToken.UnsafeRegister(_ => Leave(waiter, cancellationToken), null);
        return await waiter.Task;
    }

    /// <summary>Gives a slot back.</summary>
    public void Leave(ScanSlot slot)
    {
        lock (_gate)
        {
            slot.Project.Running--;
            _freeSlots += slot.IsReserve ? 0 : 1;
            _isReserveFree |= slot.IsReserve;
            Admit();
        }
    }

    /// <summary>Counts a project's result as held until the returned object is disposed.</summary>
    public IDisposable Hold(long pcode, long bytes)
    {
        lock (_gate)
        {
            HeldBytes held = new(this, Of(pcode), bytes);
            held.Project.LastBytes = bytes;
            Count(held, bytes);
            return held;
        }
    }

    /// <summary>Whether the project has to wait since too many bytes of its results, or of all, are held.</summary>
    public bool IsFull(long pcode)
    {
        lock (_gate)
        {
            return IsFull(Of(pcode));
        }
    }

    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Node is { } node)
            {
                waiter.Node = null;
                waiter.Line.Remove(node);
                waiter.TrySetCanceled(cancellationToken);
            }
        }
    }

    private void Release(HeldBytes held, long bytes)
    {
        lock (_gate)
        {
            Count(held, -bytes);
            Admit();
        }
    }

    private void Count(HeldBytes held, long bytes)
    {
        held.Project.HeldBytes += bytes;
        _heldBytes += bytes;
    }

    private void Admit()
    {
        while (_freeSlots > 0 && FindNext(onlyRollups: false) is { } next)
        {
            _freeSlots--;
            Start(next.Project, next.Waiter, isReserve: false);
        }

        if (_isReserveFree && FindNext(onlyRollups: true) is { } served)
        {
            _isReserveFree = false;
            Start(served.Project, served.Waiter, isReserve: true);
        }
    }

    private void Start(ProjectScans project, Waiter waiter, bool isReserve)
    {
        project.Running++;
        project.LastStart = ++_starts;
        waiter.Line.Remove(waiter.Node!);
        waiter.Node = null;
        waiter.TrySetResult(new ScanSlot(project, isReserve));
    }

    private (ProjectScans Project, Waiter Waiter)? FindNext(bool onlyRollups)
    {
        (ProjectScans Project, Waiter Waiter)? next = null;
        foreach (ProjectScans project in _projects.Values)
        {
            if (project.FirstWaiter(onlyRollups) is { } waiter && !IsFull(project) && (next is null || project.IsBefore(next.Value.Project)))
            {
                next = (project, waiter);
            }
        }

        return next;
    }

    // A project that holds nothing may always scan, whatever others hold.
    private bool IsFull(ProjectScans project) =>
        project.ExpectedBytes is var expected && expected > 0 && (expected >= maxHeldBytes / 2 || _heldBytes >= maxHeldBytes);

    private ProjectScans Of(long pcode)
    {
        if (!_projects.TryGetValue(pcode, out ProjectScans? project))
        {
            _projects[pcode] = project = new ProjectScans();
        }

        return project;
    }

    private sealed class HeldBytes(ScanQueue queue, ProjectScans project, long bytes) : IDisposable
    {
        private bool _isReleased;

        public ProjectScans Project => project;

        public void Dispose()
        {
            if (!_isReleased)
            {
                _isReleased = true;
                queue.Release(this, bytes);
            }
        }
    }
}

/// <summary>The right to scan, which is given back to its queue.</summary>
/// <param name="Project">Whose it is.</param>
/// <param name="IsReserve">Whether it is the slot for scans that rollups serve.</param>
internal readonly record struct ScanSlot(ProjectScans Project, bool IsReserve);

/// <summary>A project's scans, as <see cref="ScanQueue"/> counts them.</summary>
internal sealed class ProjectScans
{
    private readonly LinkedList<Waiter> _served = [];
    private readonly LinkedList<Waiter> _others = [];

    public int Running { get; set; }

    public long HeldBytes { get; set; }

    /// <summary>Bytes of its last result.</summary>
    public long LastBytes { get; set; }

    /// <summary>What it will hold when the scans that run give results like the last one.</summary>
    public long ExpectedBytes => HeldBytes + (Running * LastBytes);

    /// <summary>The number of the start of its last scan, counted over all projects.</summary>
    public long LastStart { get; set; }

    public LinkedList<Waiter> WaitersOf(bool usesRollups) => usesRollups ? _served : _others;

    /// <summary>The request that came first, perhaps of those only that rollups serve.</summary>
    public Waiter? FirstWaiter(bool onlyRollups)
    {
        Waiter? served = _served.First?.Value;
        Waiter? other = onlyRollups ? null : _others.First?.Value;
        return served is null || other?.Arrival < served.Arrival ? other : served;
    }

    public bool IsBefore(ProjectScans other) => Running != other.Running ? Running < other.Running : LastStart < other.LastStart;
}

/// <summary>A request that waits for a slot.</summary>
/// <param name="line">Where it waits.</param>
/// <param name="arrival">When it came, as a number.</param>
internal sealed class Waiter(LinkedList<Waiter> line, long arrival) : TaskCompletionSource<ScanSlot>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public LinkedList<Waiter> Line => line;

    public long Arrival => arrival;

    /// <summary>Its place in the line; null once it waits no more.</summary>
    public LinkedListNode<Waiter>? Node { get; set; }
}
