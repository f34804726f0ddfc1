//! The tables as Diesel sees them, one file for both databases. A test holds it, and both migration
//! trees, to be the same.

diesel::table! {
    ledger (id) {
        id -> SmallInt,
        head -> BigInt,
        epoch -> Text,
    }
}

diesel::table! {
    entries (seq) {
        seq -> BigInt,
        at -> Timestamp,
        author -> Text,
        request_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        comment -> Nullable<Text>,
        key_id -> Nullable<Text>,
    }
}

diesel::table! {
    edits (seq, ordinal) {
        seq -> BigInt,
        ordinal -> BigInt,
        kind -> Text,
        key -> Text,
        op -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        area -> Nullable<BigInt>,
        changes_access -> Bool,
    }
}

diesel::table! {
    areas (code) {
        code -> BigInt,
        name -> Text,
        aliases -> Text,
        level -> Text,
        kind -> Text,
        parent -> Nullable<BigInt>,
        code_system -> Text,
        urban_rural_class -> Nullable<Text>,
        valid_from -> Nullable<Text>,
        valid_to -> Nullable<Text>,
        lon -> Nullable<BigInt>,
        lat -> Nullable<BigInt>,
        folded -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    area_successors (area, successor) {
        area -> BigInt,
        successor -> BigInt,
    }
}

diesel::table! {
    units (code) {
        code -> Text,
        name -> Text,
        name_en -> Text,
        symbol -> Text,
        dimension -> Text,
        numerator -> BigInt,
        denominator -> BigInt,
        seq -> BigInt,
        updated_at -> Timestamp,
        aliases -> Text,
    }
}

diesel::table! {
    metrics (code) {
        code -> Text,
        name -> Text,
        name_en -> Text,
        definition -> Text,
        theme -> Text,
        unit -> Text,
        decimals -> SmallInt,
        kind -> Text,
        area_rule -> Text,
        time_rule -> Text,
        numerator -> Nullable<Text>,
        denominator -> Nullable<Text>,
        weight -> Nullable<Text>,
        direction -> Text,
        frequencies -> Text,
        min -> Nullable<BigInt>,
        max -> Nullable<BigInt>,
        visibility -> Text,
        status -> Text,
        replaced_by -> Nullable<Text>,
        headline -> Nullable<SmallInt>,
        folded -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    reports (code) {
        code -> Text,
        title -> Text,
        document_number -> Nullable<Text>,
        issuer -> Nullable<BigInt>,
        published_at -> Timestamp,
        url -> Nullable<Text>,
        period -> Nullable<Text>,
        sha256 -> Nullable<Text>,
        text -> Nullable<Text>,
        folded -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    area_highlights (area, ordinal) {
        area -> BigInt,
        ordinal -> BigInt,
        kind -> Text,
        text -> Text,
        since -> Nullable<Text>,
        report -> Nullable<Text>,
        cite_paragraph -> Nullable<BigInt>,
        cite_start -> Nullable<BigInt>,
        cite_end -> Nullable<BigInt>,
        cite_words -> Nullable<Text>,
    }
}

diesel::table! {
    projects (code) {
        code -> Text,
        name -> Text,
        aliases -> Text,
        kind -> Text,
        place -> Nullable<Text>,
        stage -> Text,
        suspended -> Bool,
        lead_unit -> Nullable<Text>,
        contractor -> Nullable<Text>,
        starts_on -> Nullable<Text>,
        finishes_on -> Nullable<Text>,
        started_on -> Nullable<Text>,
        finished_on -> Nullable<Text>,
        progress -> Nullable<SmallInt>,
        report -> Nullable<Text>,
        cite_paragraph -> Nullable<BigInt>,
        cite_start -> Nullable<BigInt>,
        cite_end -> Nullable<BigInt>,
        cite_words -> Nullable<Text>,
        visibility -> Text,
        folded -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
        funding_note -> Nullable<Text>,
    }
}

diesel::table! {
    project_areas (project, ordinal) {
        project -> Text,
        ordinal -> BigInt,
        area -> BigInt,
    }
}

diesel::table! {
    project_amounts (project, kind, ordinal) {
        project -> Text,
        kind -> Text,
        ordinal -> BigInt,
        name -> Text,
        role -> Text,
        period -> Nullable<Text>,
        unit -> Text,
        value -> BigInt,
        decimals -> SmallInt,
        comparator -> Nullable<Text>,
        lower -> Nullable<BigInt>,
        upper -> Nullable<BigInt>,
        lower_inclusive -> Bool,
        upper_inclusive -> Bool,
        text -> Nullable<Text>,
        report -> Nullable<Text>,
        cite_paragraph -> Nullable<BigInt>,
        cite_start -> Nullable<BigInt>,
        cite_end -> Nullable<BigInt>,
        cite_words -> Nullable<Text>,
    }
}

diesel::table! {
    milestones (project, ordinal) {
        project -> Text,
        ordinal -> BigInt,
        title -> Text,
        due_on -> Nullable<Text>,
        forecast_on -> Nullable<Text>,
        met_on -> Nullable<Text>,
        status -> Text,
        report -> Nullable<Text>,
        cite_paragraph -> Nullable<BigInt>,
        cite_start -> Nullable<BigInt>,
        cite_end -> Nullable<BigInt>,
        cite_words -> Nullable<Text>,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    observations (id) {
        id -> BigInt,
        metric -> Text,
        area -> BigInt,
        period -> Text,
        starts_on -> Date,
        ends_on -> Date,
        accumulation -> Text,
        role -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    revisions (observation, revision) {
        observation -> BigInt,
        revision -> BigInt,
        retracted -> Bool,
        value -> BigInt,
        decimals -> SmallInt,
        comparator -> Nullable<Text>,
        lower -> Nullable<BigInt>,
        upper -> Nullable<BigInt>,
        lower_inclusive -> Bool,
        upper_inclusive -> Bool,
        text -> Nullable<Text>,
        warnings -> Text,
        spread -> Nullable<Text>,
        note -> Nullable<Text>,
        report -> Nullable<Text>,
        cite_paragraph -> Nullable<BigInt>,
        cite_start -> Nullable<BigInt>,
        cite_end -> Nullable<BigInt>,
        cite_words -> Nullable<Text>,
        reason -> Nullable<Text>,
        comment -> Nullable<Text>,
        author -> Text,
        released_at -> Timestamp,
        recorded_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
        seq -> BigInt,
        metric -> Text,
        area -> BigInt,
        first_day -> Integer,
        last_day -> Integer,
        accumulation -> Text,
        role -> Text,
    }
}

diesel::table! {
    revision_areas (observation, revision, area) {
        observation -> BigInt,
        revision -> BigInt,
        area -> BigInt,
    }
}

diesel::table! {
    revision_projects (observation, revision, project) {
        observation -> BigInt,
        revision -> BigInt,
        project -> Text,
    }
}

diesel::table! {
    plans (code) {
        code -> Text,
        title -> Text,
        area -> BigInt,
        year -> BigInt,
        report -> Nullable<Text>,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    plan_items (code) {
        code -> Text,
        plan -> Text,
        parent -> Nullable<Text>,
        ordinal -> BigInt,
        path -> Text,
        title -> Text,
        deliverables -> Text,
        lead_unit -> Nullable<Text>,
        co_units -> Text,
        post -> Nullable<Text>,
        start_on -> Nullable<Text>,
        due_on -> Nullable<Text>,
        reporting_cycle -> Nullable<Text>,
        weight -> Nullable<BigInt>,
        progress -> Nullable<SmallInt>,
        state -> Text,
        metric -> Nullable<Text>,
        target -> Nullable<BigInt>,
        carried_from -> Nullable<Text>,
        carried_to -> Nullable<Text>,
        report -> Nullable<Text>,
        cite_paragraph -> Nullable<BigInt>,
        cite_start -> Nullable<BigInt>,
        cite_end -> Nullable<BigInt>,
        cite_words -> Nullable<Text>,
        visibility -> Text,
        folded -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    plan_item_areas (item, ordinal) {
        item -> Text,
        ordinal -> BigInt,
        area -> BigInt,
        inherited -> Bool,
    }
}

diesel::table! {
    plan_item_projects (item, ordinal) {
        item -> Text,
        ordinal -> BigInt,
        project -> Text,
    }
}

diesel::table! {
    plan_item_moves (item, ordinal) {
        item -> Text,
        ordinal -> BigInt,
        was -> Text,
        became -> Text,
        moved_on -> Date,
        reason -> Nullable<Text>,
        comment -> Nullable<Text>,
        evidence -> Text,
        author -> Text,
        author_key -> Text,
        recorded_at -> Timestamp,
        seq -> BigInt,
    }
}

diesel::table! {
    plan_item_move_attachments (item, ordinal, attachment) {
        item -> Text,
        ordinal -> BigInt,
        attachment -> Text,
    }
}

diesel::table! {
    project_moves (project, ordinal) {
        project -> Text,
        ordinal -> BigInt,
        was_stage -> Text,
        was_suspended -> Bool,
        stage -> Text,
        suspended -> Bool,
        moved_on -> Date,
        reason -> Nullable<Text>,
        comment -> Nullable<Text>,
        author -> Text,
        author_key -> Text,
        recorded_at -> Timestamp,
        seq -> BigInt,
    }
}

diesel::table! {
    plan_item_extensions (item, ordinal) {
        item -> Text,
        ordinal -> BigInt,
        state -> Text,
        due_on -> Text,
        was_due_on -> Nullable<Text>,
        requested_on -> Date,
        comment -> Text,
        author -> Text,
        author_key -> Text,
        decided_on -> Nullable<Date>,
        decision -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        recorded_at -> Timestamp,
        requested_seq -> BigInt,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    progress_reports (id) {
        id -> BigInt,
        project -> Nullable<Text>,
        plan_item -> Nullable<Text>,
        as_of -> Date,
        progress -> Nullable<SmallInt>,
        text -> Nullable<Text>,
        problems -> Nullable<Text>,
        next_step -> Nullable<Text>,
        author -> Text,
        author_key -> Nullable<Text>,
        client_id -> Nullable<Text>,
        corrects -> Nullable<BigInt>,
        corrected_by -> Nullable<BigInt>,
        recorded_at -> Timestamp,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    attachments (id) {
        id -> Text,
        sha256 -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        author -> Text,
        recorded_at -> Timestamp,
        width -> Nullable<BigInt>,
        height -> Nullable<BigInt>,
        position_kept -> Nullable<Bool>,
        object -> Text,
        touched_at -> Timestamp,
    }
}

diesel::table! {
    attachment_uploads (attachment, key_id) {
        attachment -> Text,
        key_id -> Text,
        author -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    attachment_strays (object) {
        object -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    progress_report_attachments (progress_report, ordinal) {
        progress_report -> BigInt,
        ordinal -> BigInt,
        attachment -> Text,
    }
}

diesel::table! {
    progress_report_observations (progress_report, ordinal) {
        progress_report -> BigInt,
        ordinal -> BigInt,
        observation -> BigInt,
    }
}

diesel::table! {
    submissions (id) {
        id -> BigInt,
        area -> BigInt,
        title -> Text,
        state -> Text,
        author -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
        author_key -> Text,
        reason -> Nullable<Text>,
        checks -> Text,
    }
}

diesel::table! {
    submission_items (submission, row_number) {
        submission -> BigInt,
        row_number -> BigInt,
        observation -> Text,
    }
}

diesel::table! {
    submission_events (submission, ordinal) {
        submission -> BigInt,
        ordinal -> BigInt,
        state -> Text,
        author -> Text,
        comment -> Nullable<Text>,
        at -> Timestamp,
        seq -> BigInt,
        author_key -> Text,
        row_comments -> Text,
    }
}

diesel::table! {
    period_locks (area) {
        area -> BigInt,
        through -> Date,
        seq -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Text,
        name -> Text,
        role -> Text,
        area -> Nullable<BigInt>,
        hash -> Text,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        seq -> BigInt,
    }
}

diesel::table! {
    idempotency (key_id, path, idempotency_key) {
        key_id -> Text,
        path -> Text,
        idempotency_key -> Text,
        fingerprint -> Text,
        status -> SmallInt,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    search_documents (id) {
        id -> BigInt,
        kind -> Text,
        key -> Text,
        name -> Text,
        folded_name -> Text,
        body -> Text,
        folded -> Text,
        visibility -> Text,
    }
}

diesel::table! {
    search_areas (document, ordinal) {
        document -> BigInt,
        ordinal -> BigInt,
        area -> BigInt,
    }
}

diesel::table! {
    search_grams (gram, document) {
        gram -> Text,
        document -> BigInt,
    }
}

diesel::table! {
    bulletins (no) {
        no -> BigInt,
        kind -> Text,
        metric -> Nullable<Text>,
        plan -> Nullable<Text>,
        area -> BigInt,
        date -> Date,
        title -> Text,
        series -> Text,
        previous -> Nullable<BigInt>,
        author -> Text,
        content -> Text,
        recorded_at -> Timestamp,
        seq -> BigInt,
    }
}

diesel::table! {
    public_stamps (kind, key) {
        kind -> Text,
        key -> Text,
        seq -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    bulletin_prints (bulletin, format) {
        bulletin -> BigInt,
        format -> Text,
        body -> Binary,
    }
}

diesel::table! {
    bulletin_imprints (bulletin) {
        bulletin -> BigInt,
        issuer -> Text,
        issuer_area -> BigInt,
        signatory -> Nullable<Text>,
        year -> BigInt,
        issue -> BigInt,
        document_code -> Nullable<Text>,
        document_no -> Nullable<BigInt>,
    }
}

diesel::table! {
    data_steps (name) {
        name -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    ledger,
    entries,
    edits,
    areas,
    area_successors,
    units,
    metrics,
    reports,
    area_highlights,
    projects,
    project_areas,
    project_amounts,
    milestones,
    observations,
    revisions,
    revision_areas,
    revision_projects,
    plans,
    plan_items,
    plan_item_areas,
    plan_item_projects,
    plan_item_moves,
    plan_item_extensions,
    plan_item_move_attachments,
    project_moves,
    progress_reports,
    attachments,
    attachment_uploads,
    attachment_strays,
    progress_report_attachments,
    progress_report_observations,
    submissions,
    submission_items,
    submission_events,
    period_locks,
    bulletins,
    bulletin_prints,
    bulletin_imprints,
    public_stamps,
    api_keys,
    idempotency,
    search_documents,
    search_areas,
    search_grams,
);
