import { applyAccent, DEFAULT_ACCENT } from '@kefu/shared/accent.ts';
import { mount } from 'svelte';
import Console from './Console.svelte';
import './console.css';

applyAccent(DEFAULT_ACCENT);
mount(Console, { target: document.getElementById('app') as HTMLElement });
